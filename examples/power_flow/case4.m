function mpc = case4
%% A four-bus grid made up by hand, to show what the reader accepts: comments, commas, several
%% rows on one line, continued rows, cells it skips, a tap changer with a phase shift, a shunt,
%% parallel lines, and a generator, a branch and a bus that are out of service.
mpc.version = '2';
mpc.baseMVA = 50; % MVA

mpc.bus = [ 10 3 0 0 0 0 1 1.02 5 110 1 1.1 0.9; 20 2 8 2 0 0 1 1 0 110 1 1.1 0.9
	30, 1, 20, 6, 0.5, 4, 1, 1, 0, 20, 1, 1.1, 0.9;	% shunt: 0.5 MW and 4 MVAr at 1 pu
	40 1 12 ...
	   3 0 0 1 1 0 20 1 1.1 0.9;
	50 4 7 7 0 0 1 1 0 20 1 1.1 0.9;
];

mpc.gen = [
	10  0  0  Inf -Inf  1.02  50  1  100  0;
	20  15 0  20  -20   1.01  50  1  30   0;
	40  9  9  10  -10   1.05  50  0  10   0;
];

mpc.branch = [
	10 20 0.01 0.06 0.02 0 0 0 0    0    1;
	10 30 0.02 0.10 0    0 0 0 0.97 -2.5 1;
	20 30 0.02 0.12 0.02 0 0 0 0    0    1;
	20 30 0.02 0.12 0.02 0 0 0 0    0    1;
	30 40 0.03 0.15 0.01 0 0 0 0    0    1;
	20 40 0.03 0.15 0.01 0 0 0 0    0    0;
	40 50 0.03 0.15 0.01 0 0 0 0    0    1;
];

mpc.bus_name = { 'north 100% [1]'; 'east'; 'south';
	'west'; 'dark'; };
