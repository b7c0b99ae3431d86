"""The first accounts of an installation, made by whoever holds the server."""

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from contacts import accounts
from contacts.models import Actor, Officer, Unit, UnitRole


class Command(BaseCommand):
    help = (
        "Gives an officer a role without a second administrator, for the first ones of an installation, and prints a "
        "one-time password if the officer has none. Written to the audit trail like every other way."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("police_number")
        parser.add_argument("role", choices=UnitRole.Role.values)
        parser.add_argument("--unit", help="Code of the unit the role is for (default: the officer's own).")
        parser.add_argument(
            "--new-password", action="store_true", help="A new one-time password in any case."
        )
        parser.add_argument("--reason", default="set up from the command line")

    @transaction.atomic
    def handle(
        self, *, police_number: str, role: str, unit: str | None, new_password: bool, reason: str, **options
    ):
        actor = Actor.command("appoint")
        try:
            officer = Officer.objects.select_related("unit").get(police_number=police_number)
            place = Unit.objects.get(code=unit) if unit else officer.unit
            proposal = accounts.propose_role(officer, place, role, actor=actor, reason=reason)
            accounts.approve_role(proposal, actor=actor, reason=reason)
        except (Officer.DoesNotExist, Unit.DoesNotExist) as error:
            raise CommandError(f"There is no such officer or unit: {error}") from error
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(f"{officer.name} ({police_number}): {role}, {place.name}")
        if new_password or not officer.has_usable_password():
            self.stdout.write(
                f"One-time password: {accounts.reset_password(officer, actor=actor, reason=reason)}"
            )
