# SPDX-License-Identifier: Apache-2.0
#
# clock.jq - what is wrong with a trace while the clock is set: lines "NUMBER WHAT", 0 if all is right
#
# $offsets: by how much the clock was ahead of the time since boot, in seconds, one after the other;
# $lived: the pid of one that lived through all of it, how long at least and at most, in seconds.
include "times";

def count(stream): reduce stream as $x (0; . + 1);

# By how much the clock was ahead when a process began, as its event has it: none of these, or which.
def which: ((.["@timestamp"] | seconds) - (.process.entity_id | split("-") | last | tonumber) / 1e9) as $offset
	| [$offsets | to_entries[] | select((.value - $offset | fabs) < 100) | .key]
	| if length == 1 then .[0] else "none" end;

[
	[count(.[] | wrong_durations), "durations"],
	[count(.[] | select(is_exit and .process.pid == $lived[0]
		and (.event.duration < $lived[1] * 1e9 or .event.duration > $lived[2] * 1e9))),
		"how long one lived that saw it all"],
	[1 - count(.[] | select(is_exit and .process.pid == $lived[0])), "it has one end"],
	[count([.[] | select(is_fork) | which] | reduce .[] as $at ([]; if .[-1] == $at then . else . + [$at] end)
		| select(. != [range($offsets | length)])), "each setting of the clock, one after the other"]
]
| .[] | "\(.[0]) \(.[1])"
