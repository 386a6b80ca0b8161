#define CLOCK(label) clocks = <&label>
#define OSC CLOCK(osc)
