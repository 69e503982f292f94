"""How much one request may ask for, checked before any data are touched."""

from dataclasses import dataclass

from forecast.errors import InvalidRequest, RequestTooLarge


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much one request may ask for, counted before data are touched.

    Attributes:
        points: places in one request.
        values: places x hours x variables in one answer.
        export_values: cells x hours x variables in one export.
        member_values: places x members x hours x variables that one answer may work through.
        grade_values: cells x members x hours over which one request may ask for grades.
    """

    points: int = 100
    values: int = 500_000
    export_values: int = 600_000_000
    member_values: int = 25_000_000
    grade_values: int = 60_000_000

    def check_points(self, count: int) -> None:
        """Refuse a request for too many places, or for none.

        Raises:
            InvalidRequest: no place was asked for.
            RequestTooLarge: more places than one request may ask for.
        """
        if count == 0:
            raise InvalidRequest("no point was asked; allowed are 1 or more")
        if count > self.points:
            raise RequestTooLarge(
                f"{count} points were asked; allowed are {self.points} in one request,"
                " more through `zhitian export`"
            )

    def check_values(self, *, points: int, values: int) -> None:
        """Refuse an answer with too many numbers.

        Raises:
            RequestTooLarge: points x hours x variables is over the limit.
        """
        if values > self.values:
            raise RequestTooLarge(
                f"{values:,} values (points x hours x variables) for {points} points were asked;"
                f" allowed are {self.values:,} in one answer"
            )

    def check_members(self, *, members: int, values: int) -> None:
        """Refuse an answer that needs too much work with members.

        Args:
            members: of the ensemble.
            values: places x hours x variables of one member.

        Raises:
            RequestTooLarge: the product is over the limit.
        """
        asked = members * values
        if asked > self.member_values:
            raise RequestTooLarge(
                f"{asked:,} values of {members} members (points x members x hours x variables)"
                f" were asked; allowed are {self.member_values:,} in one answer"
            )

    def check_export(self, *, cells: int, hours: int, variables: int) -> None:
        """Refuse an export with too many numbers.

        Raises:
            RequestTooLarge: cells x hours x variables is over the limit.
        """
        asked = cells * hours * variables
        if asked > self.export_values:
            raise RequestTooLarge(
                f"{cells:,} cells x {hours} hours x {variables} variables ="
                f" {asked:,} values were asked; allowed are {self.export_values:,} in one export"
            )

    def check_grades(self, *, cells: int, hours: int, members: int) -> None:
        """Refuse grades over so many cells that the work is none for a request.

        Raises:
            RequestTooLarge: cells x members x hours is over the limit.
        """
        asked = cells * hours * members
        if asked > self.grade_values:
            raise RequestTooLarge(
                f"grades over {cells:,} cells x {members} members x {hours} hours = {asked:,} were"
                f" asked; allowed are {self.grade_values:,} in one request, by a smaller bbox, and"
                " more through `zhitian advise --region`"
            )
