deviceTypesCommon = require '@resin.io/device-types/common'
{ networkOptions, commonImg, instructions } = deviceTypesCommon

build = ->
	1
module.exports =
	name: 'x'
	yocto:
		machine: 'plank'
		deployArtifact: 'x'
