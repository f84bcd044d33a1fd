# SPDX-License-Identifier: Apache-2.0
#
# pids.jq - what is wrong with the trace of tests/vm/storms: lines "NUMBER WHAT", 0 if all is right
#
# $count, $one, $other: as storms got them; $facts: what it and its storms said, by the names of their files.
include "times";

def count(stream): reduce stream as $x (0; . + 1);
def of_storm: .process.args[1]? // "" | startswith("unique-");
def number: .process.args[1] | ltrimstr("unique-") | tonumber;
def tag: .process.args[2];
def container: if tag | startswith("one-") then $one elif tag | startswith("other-") then $other else null end;
def id: .process.entity_id;
def what: [.process.pid, .process.args, .container.id, .process.parent.entity_id];
def distinct(stream): [stream] | unique | length;

(6 * $count) as $all
| [.[] | select(is_exec and of_storm)] as $execs
| [.[] | select(is_exit and of_storm)] as $exits
| [.[] | select(is_exit and .process.exit_code == 3 and .process.parent.pid == $facts.storms.pid)] as $bare
| INDEX($execs[]; id) as $exec_of
| (reduce (.[] | select(is_fork)) as $fork ({}; .[$fork | id] += [$fork])) as $forks_of
| INDEX(.[] | select(is_exec and .process.name == "storm"); .process.args[3]) as $storm_of
| [
	[($execs | length) - $all, "programs started"],
	[($exits | length) - $all, "programs ended"],
	[distinct($execs[] | .process.args) - $all, "each program starts once"],
	[distinct($exits[] | .process.args) - $all, "each program ends once"],
	[distinct($execs[] | id) - $all, "each process has an identity of its own"],
	[[0, distinct($execs[] | .process.pid) * 5 - $all] | max, "pids are used again"],
	[count($exits[] | select(what != ($exec_of[id] | what))),
		"each end is that of its program: pid, arguments, container, parent"],
	[count($execs[] | select(($forks_of[id] | length) != 1 or
		($forks_of[id][0] | [.process.pid, .container.id, .process.parent.entity_id]) !=
		[.process.pid, .container.id, .process.parent.entity_id])),
		"each program was one fork: pid, container, parent"],
	[count($execs[] | select(.process.pid != $facts[tag].children[number])),
		"pids as the storms saw them"],
	[count($execs[], $exits[] | select(.process.parent.entity_id != ($storm_of[tag] | id) or
		.process.parent.pid != $facts[tag].pid or .process.parent.name != "storm")),
		"parents are the storms"],
	[count($execs[], $exits[] | select(.container.id != container)), "containers"],
	[($bare | length) - 2 * $count, "processes that executed nothing"],
	[count($bare[] | select(($forks_of[id] | length) != 1 or $exec_of[id] or .container or
		.process.name != "storms")), "they have a beginning, and nothing of others"],
	[count(.[] | wrong_durations), "durations"],
	[count(.[] | select(.event.action == "setns" or .event.action == "unshare")),
		"nobody changes namespaces"],
	[count(.[] | select(.event.action == "cgroup" and .process.name != "enter")),
		"nobody else changes cgroups"]
]
| .[] | "\(.[0]) \(.[1])"
