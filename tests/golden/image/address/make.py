"""One NOR flash at 0x70000000, described in four ways."""
TEXT = '''/dts-v1/;
/ {
	#address-cells = <1>;
	#size-cells = <1>;
	controller@40000000 {
		reg = <0x40000000 0x1000%s>;
		#address-cells = <1>;
		#size-cells = <%d>;
		%s
		nor: flash@%s {
			compatible = "%s";
			reg = <%s>;
			%s
			erase-block-size = <4096>;
			%s
			partitions {
				compatible = "fixed-partitions";
				#address-cells = <1>;
				#size-cells = <1>;
				%s
				storage_partition: partition@100000 {
					%s
					reg = <0x100000 0x20000>;
				};
			};
		};
	};
};
'''
WAYS = {
    'ranges': ('', 1, 'ranges = <0x0 0x70000000 0x800000>;', '0', 'soc-nv-flash', '0x0 0x800000', '', '', '', ''),
    'mapped': ('', 1, 'ranges = <0x0 0x70000000 0x800000>;', '0', 'soc-nv-flash', '0x0 0x800000',
               '#address-cells = <1>; #size-cells = <1>; ranges = <0 0 0x800000>;', '', 'ranges;',
               'compatible = "zephyr,mapped-partition";'),
    'chip': ('', 1, '', '70000000', 'st,stm32-qspi-nor', '0x70000000 0x800000', '', '', '', ''),
    'controller': (' 0x70000000 0x800000', 0, '', '0', 'nxp,imx-flexspi-nor', '0x0', 'size = <0x4000000>;', '', '', ''),
    'none': ('', 0, '', '0', 'jedec,spi-nor', '0x0', 'size = <0x4000000>;', '', '', ''),
}
for name, way in WAYS.items():
    with open(name + '.dts', 'w', encoding='utf-8') as f:
        f.write(TEXT % way)
