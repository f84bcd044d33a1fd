# SPDX-License-Identifier: Apache-2.0
#
# table.awk - what each live test did on each kernel
#
# usage: awk -f table.awk FILE         lines, tab-separated: KERNEL BOOT TEST PASSED FAILED SKIPPED SECONDS WHY

BEGIN {
	FS = "\t"
}

function told(passed, failed, skipped, why) {
	if (why != "")
		return toupper(why)
	why = failed ? "FAILED " failed " of " passed + failed : passed ? passed " passed" : ""
	return why (why != "" && skipped ? ", " : "") (skipped ? skipped " skipped" : "")
}

function print_row(name,    column, of, line) {
	line = sprintf("  %-24s", name)
	for (column = 1; column <= n_columns; column++) {
		of = columns[column]
		line = line sprintf("  %-24s", (name, of) in cells ? cells[name, of] : "not run")
	}
	sub(/ +$/, "", line)
	print line
}

{
	column = $1 " " substr($2, length("live-") + 1)
	if (!(column in known)) {
		known[column]
		columns[++n_columns] = column
		cells["live test", column] = column
	}
	if (!($3 in row)) {
		row[$3]
		rows[++n_rows] = $3
	}
	cells[$3, column] = told($4, $5, $6, $8)
	passed[column] += $4
	failed[column] += $5
	skipped[column] += $6
	cells["all", column] = told(passed[column], failed[column], skipped[column], "")
}

END {
	print_row("live test")
	for (r = 1; r <= n_rows; r++)
		print_row(rows[r])
	print_row("all")
}
