deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	name: 'Plank ' + REVISION
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
