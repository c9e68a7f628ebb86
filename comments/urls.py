urlpatterns = []
app_name = "comments"
