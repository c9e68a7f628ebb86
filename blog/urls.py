from django.urls import path

from blog import views

app_name = "blog"

urlpatterns = [
    path("", views.home, name="home"),
    path("articles/<str:slug>/", views.article, name="article"),
    path("topics/<str:slug>/", views.topic, name="topic"),
    path("people/<str:slug>/", views.person, name="person"),
    path("how-we-work/", views.how_we_work, name="how_we_work"),
    path("media/<path:path>", views.media, name="media"),
]
