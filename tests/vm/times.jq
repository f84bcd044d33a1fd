# SPDX-License-Identifier: Apache-2.0
#
# times.jq - times of events, for what looks at a trace in the virtual machine

def seconds: .[0:19] + "Z" | fromdate;
def nanoseconds: .[20:29] | tonumber;

# A number of this size is exact as long as it is below 104 days.
def since($start): (seconds - ($start | seconds)) * 1e9 + nanoseconds - ($start | nanoseconds);

def is_exec: .event.action == "exec" and .event.outcome == "success";
def is_exit: .event.action == "exit";
def is_fork: .event.action == "fork";

# Exits whose duration is not what lies between start and end, or less than nothing.
def wrong_durations: select(is_exit) | .event.duration as $duration | .process.start as $start
	| select($duration >= 0 and (.process.end | since($start)) == $duration | not);
