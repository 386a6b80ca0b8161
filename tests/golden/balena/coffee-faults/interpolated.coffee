deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	name: "Plank #{1 + 1}"
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
