"""What a bias-reduced estimate solves, in words: it is no maximum of the likelihood, and no certificate says so."""

from __future__ import annotations

from dataclasses import dataclass

from likelihood_kit.maximise import Certificate

FIRTH, COX_SNELL = "firth", "cox_snell"
#: Methods, with their names in tables and in sentences.
NAMES = {FIRTH: "Firth's adjusted score", COX_SNELL: "Bias-corrected ML"}
IN_WORDS = {
    FIRTH: "bias-reduced estimates (Firth), which solve the adjusted score",
    COX_SNELL: "maximum likelihood estimates less their first-order bias (Cox and Snell)",
}


@dataclass(frozen=True, repr=False)
class ReducedCertificate(Certificate):
    """What a bias-reduced estimate solves, or why it does not.

    `ok` says that it is solved, not that the likelihood has a maximum; what rests on a maximum is refused all the same.

    Attributes
    ----------
    method : {"firth", "cox_snell"}
    adjusted_score : float
        Score less the expected information times the first-order bias, in standard errors by that information; of a
        corrected estimate 0.
    corrected : Certificate or None
        Of the maximum of which the bias was taken off.
    compared : int
        Ends of ascents of the penalised likelihood, none of which is higher; 0 where it has no closed form.
    """

    method: str = FIRTH
    adjusted_score: float = 0.0
    corrected: Certificate | None = None
    compared: int = 0

    def __str__(self) -> str:
        if not self.ok:
            return "NOT bias-reduced: " + "; ".join(self.reasons)
        if self.corrected is not None:
            return (
                "bias-corrected (Cox and Snell): the maximum likelihood estimate less its first-order bias there, no "
                f"maximum of the likelihood; what was corrected: {self.corrected}"
            )
        found = (
            f"bias-reduced (Firth): adjusted score {self.adjusted_score:.1e} standard errors from 0, expected "
            "information positive definite; no maximum of the likelihood, and "
        )
        if not self.compared:
            return found + "that no other root exists is not proved"
        return (
            f"{found}of the penalised likelihood the highest of {self.compared} ends of ascents from several starts; "
            "that no other root exists is not proved"
        )
