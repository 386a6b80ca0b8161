deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

module.exports =
	list: [
		'a' 'b'
	]
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
