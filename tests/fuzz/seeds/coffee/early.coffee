deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

steps = [ REPOWER ]
REPOWER = 'Power on.'
module.exports =
	slug: 'early'
	slug: 'late'
	instructions: steps
	more: instructions.ETCHER_CD
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
