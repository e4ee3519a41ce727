"""Names of distributions as their users write them."""

from __future__ import annotations

import re

#: Words of a name that are those of a person, and what is written otherwise than by its words.
_PERSONS = ("Weibull", "Poisson", "Bernoulli", "Cauchy", "Laplace", "Gumbel", "Pareto", "Gompertz", "Burr", "Rayleigh")
_WRITTEN = {
    "StudentT": "Student t",
    "VonMises": "von Mises",
    "InverseGaussian": "inverse Gaussian",
    "ExGaussian": "exponentially modified Gaussian",
    "LogNormal": "log-normal",
    "LogLogistic": "log-logistic",
    "HalfNormal": "half-normal",
    "SkewNormal": "skew normal",
    "BetaBinomial": "beta-binomial",
}
_CENSORED = re.compile(r"censored\((?P<part>.*)\)")
_TRUNCATED = re.compile(r"truncated\((?P<part>.*?), (?P<ends>(?:low|high)=.*)\)")


def in_words(name: str) -> str:
    """A family's name in words: `GeneralizedExtremeValue`, `censored(Weibull)`, `truncated(Poisson, low=1)`.

    >>> in_words("Gamma"), in_words("GeneralizedExtremeValue"), in_words("LogNormal")
    ('gamma', 'generalized extreme value', 'log-normal')
    >>> in_words("censored(Weibull)"), in_words("truncated(Poisson, low=1)")
    ('right-censored Weibull', 'Poisson (truncated, low = 1)')
    """
    found = _CENSORED.fullmatch(name)
    if found:
        return f"right-censored {in_words(found['part'])}"
    found = _TRUNCATED.fullmatch(name)
    if found:
        return f"{in_words(found['part'])} (truncated, {found['ends'].replace('=', ' = ')})"
    if name in _WRITTEN:
        return _WRITTEN[name]
    words = re.findall(r"[A-Z][a-z]+", name)
    if "".join(words) != name:  # not made of words: an author's own spelling
        return name
    return " ".join(word if word in _PERSONS else word.lower() for word in words)


def distribution(name: str) -> str:
    """A family's name with the word distribution, where it stands.

    >>> distribution("Gamma"), distribution("truncated(Poisson, low=1)")
    ('gamma distribution', 'Poisson distribution (truncated, low = 1)')
    """
    words, bracket, rest = in_words(name).partition(" (")
    return f"{words} distribution{bracket}{rest}"
