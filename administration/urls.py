from django.urls import path

from administration.views.audit import AuditView
from administration.views.community import CommunityView, LogoChangeView
from administration.views.exports import ExportView
from administration.views.invitations import InvitationsView, InvitationView, JoinLinkReplaceView
from administration.views.mail import MailView
from administration.views.people import AdministrationView, PeopleView, PersonView
from administration.views.reports import ReportsView, ReportView
from administration.views.rooms import RoomsView, RoomView

urlpatterns = [
    path("", AdministrationView.as_view(), name="administration"),
    path("people/", PeopleView.as_view(), name="administration_people"),
    path("people/<int:pk>/", PersonView.as_view(), name="administration_person"),
    path("invitations/", InvitationsView.as_view(), name="administration_invitations"),
    path("invitations/link/", JoinLinkReplaceView.as_view(), name="join_link_replace"),
    path("invitations/<int:pk>/", InvitationView.as_view(), name="administration_invitation"),
    path("rooms/", RoomsView.as_view(), name="administration_rooms"),
    path("rooms/<str:slug>/", RoomView.as_view(), name="administration_room"),
    path("reports/", ReportsView.as_view(), name="administration_reports"),
    path("reports/<int:pk>/", ReportView.as_view(), name="administration_report"),
    path("mail/", MailView.as_view(), name="administration_mail"),
    path("export/", ExportView.as_view(), name="administration_export"),
    path("audit/", AuditView.as_view(), name="administration_audit"),
    path("community/", CommunityView.as_view(), name="administration_community"),
    path("community/logo/", LogoChangeView.as_view(), name="community_logo_change"),
]
