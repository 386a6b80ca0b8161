config BOARD_TOOL
	select SOC_M33
