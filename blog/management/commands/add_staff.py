import secrets

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from blog import accounts

# Without the characters that look alike in print.
ALPHABET = "abcdefghijkmnpqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"


class Command(BaseCommand):
    help = "Add a staff login with a fresh password, which is printed once."

    def add_arguments(self, parser):
        parser.add_argument("username", help="What they type to log in.")
        parser.add_argument("--group", help="Author, Editor, Reviewer or Moderator.")
        parser.add_argument("--email", default="", help="Where their mails go.")
        parser.add_argument("--superuser", action="store_true", help="May do everything.")

    @transaction.atomic
    def handle(self, *, username, group, email, superuser, **options):
        users = get_user_model().objects
        if users.filter(username=username).exists():
            raise CommandError(f"There is a login {username!r} already. Choose another name.")
        if not group and not superuser:
            raise CommandError("Say what the login may do: --group NAME, or --superuser.")
        account = get_user_model()(
            username=username, email=email, is_staff=True, is_superuser=superuser
        )
        try:
            account.full_clean(exclude=["password"])
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        password = "".join(secrets.choice(ALPHABET) for _position in range(16))
        account.set_password(password)
        account.save()
        if group:
            account.groups.add(self.group(group))
        accounts.record(account, {}, by=None)
        if options["verbosity"]:
            self.stdout.write(f"The password of {username}, shown only this once:")
        self.stdout.write(password)

    def group(self, name):
        try:
            return Group.objects.get(name__iexact=name)
        except Group.DoesNotExist:
            known = ", ".join(Group.objects.order_by("name").values_list("name", flat=True))
            raise CommandError(f"There is no group {name!r}. There are: {known}.") from None
