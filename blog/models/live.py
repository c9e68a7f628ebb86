from django.db.models import Q
from django.utils import timezone


def is_live(now=None, *, via=""):
    """What readers see, as a condition; `via` leads to the edition, as in "edition__".

    The only definition of it. Queries use it by `live()`.
    """
    now = now or timezone.now()
    goes_on = Q(**{f"{via}live_until__gt": now}) | Q(**{f"{via}live_until__isnull": True})
    return goes_on & Q(**{f"{via}live_from__lte": now})
