from django.urls import path

from live.views import ConnectionView

urlpatterns = [path("", ConnectionView.as_view(), name="connection")]
