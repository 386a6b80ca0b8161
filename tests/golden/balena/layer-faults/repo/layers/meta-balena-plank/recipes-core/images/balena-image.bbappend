include balena-image.inc
include elsewhere.inc
