config BOARD_C
	select SOC_M33
