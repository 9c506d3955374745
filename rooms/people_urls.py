"""The addresses of people."""

from django.urls import path

from rooms.views.people import BlockView, DirectoryView, PersonView

urlpatterns = [
    path("", DirectoryView.as_view(), name="people"),
    path("<str:username>/", PersonView.as_view(), name="person"),
    path("<str:username>/block/", BlockView.as_view(), name="person_block"),
]
