deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	name: 'Plank'
		argh: 1
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
