"""The figures that similarities of one model are judged by.

They belong to the model's pack: a cosine of 0.4 that is clearly one person to one model may be a stranger to another.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """What a pack's manifest says of its own similarities; where each value comes from stands beside it there.

    Similarities are cosines, -1 to 1; qualities are those of `core.quality`, 0 to 1.

    Attributes:
        accept: least similarity to a person's nearest face for a face to be theirs.
        suggest: least similarity at which a person is suggested.
        margin: how far the best person must be ahead of the second; below it the face is left to a human.
        support: least similarity to the third nearest of a person's faces, where there are three, unless the nearest
            is `margin` nearer than `accept`: a stranger resembles one photo of somebody sooner than three.
        found_quality: poorer faces (tiny, blurred, in profile) found no person and bridge no two; they may join one.
        join_quality: still poorer ones, which may be no face at all, are kept and shown, and join nobody by themselves.
        link: least mean similarity of two groups that are joined. Below it strangers pair up in a library of thousands.
        centres: least similarity of the centres of two groups that are joined: photos of one person that differ in
            light or age.
        kin: share of the similarity within two groups that the mean between them must reach. A mother and her daughter
            are near each other, but not as near as each of them is to herself.
        attach: least similarity of a lone face to a centre. A centre is sharper than a face: less will do than for two.
        ahead: how much nearer than any other centre it must be; by as much must a face prefer another group to leave
            its own.
        usual: mean similarity of photos of one person, for groups that are too small to tell their own.
        dbscan_eps: cosine distance, 0 to 2, within which two faces are neighbours where a caller of DBSCAN names none.
    """

    accept: float
    suggest: float
    margin: float
    support: float
    found_quality: float
    join_quality: float
    link: float
    centres: float
    kin: float
    attach: float
    ahead: float
    usual: float
    dbscan_eps: float


@dataclass(frozen=True, slots=True)
class QualityWeights:
    """How sharpness and the detector's confidence make a chance of being recognised (see `core.quality`).

    Attributes:
        constant: evidence for a sharp face of the usual confidence.
        sharpness: evidence for a variance of the Laplacian that is e times as large.
        confidence: evidence for a confidence that is greater by 1.
        usual_confidence: what the detector says of most faces.
    """

    constant: float
    sharpness: float
    confidence: float
    usual_confidence: float
