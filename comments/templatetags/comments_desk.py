"""What the home page of the desk shows of comments."""

from django import template

from comments.models import Comment

register = template.Library()


@register.simple_tag
def comments_waiting():
    return Comment.objects.waiting()
