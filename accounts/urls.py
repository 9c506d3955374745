"""The addresses about people that come before allauth's own."""

from django.urls import path, re_path
from django.views.generic import RedirectView

from accounts import views
from accounts.oidc import views as oidc
from accounts.oidc.logout import LoggedOutThereView

urlpatterns = [
    path("", RedirectView.as_view(pattern_name="profile")),
    path("login/", views.SignInView.as_view(), name="account_login"),
    path("login/code/", views.RequestCodeView.as_view(), name="account_request_login_code"),
    path("login/code/confirm/", views.ConfirmCodeView.as_view(), name="account_confirm_login_code"),
    path("signup/", views.SignUpView.as_view(), name="account_signup"),
    re_path(
        r"^confirm-email/(?P<key>[-:\w]+)/$",
        views.ConfirmEmailView.as_view(),
        name="account_confirm_email",
    ),
    path("password/reset/", views.PasswordResetView.as_view(), name="account_reset_password"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        views.PasswordResetFromKeyView.as_view(),
        name="account_reset_password_from_key",
    ),
    path("reauthenticate/", views.ReauthenticateView.as_view(), name="account_reauthenticate"),
    path("password/change/", views.PasswordChangeView.as_view(), name="account_change_password"),
    path("password/set/", views.PasswordSetView.as_view(), name="account_set_password"),
    path("2fa/totp/activate/", views.ActivateTOTPView.as_view(), name="mfa_activate_totp"),
    path("3rdparty/", oidc.ConnectedView.as_view(), name="socialaccount_connections"),
    path("oidc/<str:provider_id>/login/", oidc.LeaveForProviderView.as_view(), name="openid_connect_login"),
    path(
        "oidc/<str:provider_id>/login/callback/",
        oidc.BackFromProviderView.as_view(),
        name="openid_connect_callback",
    ),
    path("oidc/<str:provider_id>/logout/", LoggedOutThereView.as_view(), name="oidc_logout"),
    path("profile/", views.ProfileView.as_view(), name="profile"),
    path("profile/picture/", views.PictureView.as_view(), name="profile_picture"),
    path("profile/appearance/", views.AppearanceView.as_view(), name="profile_appearance"),
    path("profile/status/", views.StatusView.as_view(), name="profile_status"),
    path("community/", RedirectView.as_view(pattern_name="administration_community")),
    path("waiting/", views.WaitingView.as_view(), name="waiting"),
    path("data/", views.DataView.as_view(), name="data"),
    path("data/<int:pk>/", views.DownloadView.as_view(), name="download"),
    path("delete/", views.DeleteAccountView.as_view(), name="account_delete"),
    path("sessions/", views.SessionListView.as_view(), name="sessions"),
    path("sessions/<int:pk>/end/", views.SessionEndView.as_view(), name="session_end"),
]
