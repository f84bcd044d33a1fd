# SPDX-License-Identifier: Apache-2.0
#
# compare.awk - the verifier's work on each program and kernel, against the table in the tree
#
# usage: awk -v new=FILE -f compare.awk TABLE MEASURED
#
# TABLE: tab-separated, "program" and the kernels in the first line. MEASURED: lines "KERNEL COUNT
# PROGRAM". Prints what differs, and writes the table with what was measured to FILE.

FILENAME == ARGV[1] && /^#/ {
	comments = comments $0 "\n"
	next
}
FILENAME == ARGV[1] && !columns {
	columns = NF - 1
	for (i = 1; i <= columns; i++)
		kernel[i] = $(i + 1)
	next
}
FILENAME == ARGV[1] {
	for (i = 1; i <= columns; i++)
		count[$1, kernel[i]] = $(i + 1)
	if (!($1 in known)) {
		known[$1]
		program[++programs] = $1
	}
	next
}
{
	old = count[$3, $1]
	if (!tried[$1]++) {
		for (i = 1; i <= columns && kernel[i] != $1; i++)
			;
		if (i > columns)
			kernel[++columns] = $1
	}
	if (!($3 in known)) {
		known[$3]
		program[++programs] = $3
	}
	if (old "" != $2 "")
		printf "  verifier %-6s %-20s %s -> %s instructions\n", $1, $3, \
			old == "" || old == "-" ? "new" : old, $2
	count[$3, $1] = $2
	measured[$3, $1]
	total[$1] += $2
}
END {
	printf "%sprogram", comments >new
	for (i = 1; i <= columns; i++)
		printf "\t%s", kernel[i] >new
	printf "\n" >new
	for (p = 1; p <= programs; p++) {
		row = program[p]
		some = 0
		for (i = 1; i <= columns; i++) {
			n = count[program[p], kernel[i]]
			# A program that is gone, or that the kernel has no hook for.
			if (n == "" || (kernel[i] in tried) && !((program[p], kernel[i]) in measured)) {
				if (n != "" && n != "-")
					printf "  verifier %-6s %-20s %s -> gone\n", kernel[i], program[p], n
				n = "-"
			}
			some += n != "-"
			row = row "\t" n
		}
		if (some)
			print row >new
	}
}
