#!/bin/sh
# Runs one attempt of a run on its host, and outlives whoever started it. Absolute paths only: it changes folder.
#   runner.sh FOLDER         starts it once, however often it is asked, and prints runner.json
#   runner.sh FOLDER sweep   ends what is left of one whose runner and watcher are gone
#   runner.sh FOLDER left    prints the processes that still belong to it
# Times that decide are seconds since boot, so that a clock which is set does not matter.
R=$1
cd "$R" || exit 111
case "${2:-}" in
'')
	mkdir lock 2>/dev/null || { [ -e runner.json ] && cat runner.json; exit 0; }
	setsid sh "$0" "$R" run </dev/null >runner.err 2>&1 &
	i=0
	while [ ! -e runner.json ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
	cat runner.json
	exit
	;;
esac
GRACE=$(cat grace 2>/dev/null)
GRACE=${GRACE:-10}
trap '' HUP

up() { IFS=. read -r seconds _ </proc/uptime && echo "$seconds"; }
start_of() {
	s=$(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20)
	echo "${s:-0}"
}
# A zombie whose parent never asks for it is no longer alive.
alive() {
	set -- "$1" "$2" $(sed 's/.*) //' "/proc/$1/stat" 2>/dev/null)
	[ "${22:-}" = "$2" ] && [ "$3" != Z ]
}
# On a full disk the old file stays.
put() { printf '%s\n' "$2" >"$1.tmp.$$" && mv "$1.tmp.$$" "$1"; }
event() { printf '{"at":%s,"type":"%s"%s}\n' "$(date +%s)" "$1" "${2:-}" >>events.jsonl; }
# Every process of the job inherits the mark, one that has left its group too.
left() { grep -lzxF "ASSAY_RUN=$R" /proc/[0-9]*/environ 2>/dev/null | sed 's/[^0-9]//g'; }
end_strays() {
	s=$(left | tr '\n' ' ')
	[ -n "$s" ] || return 0
	event strays ",\"pids\":[$(echo $s | tr ' ' ',')]"
	kill -TERM $s 2>/dev/null
	i=0
	while [ -n "$(left)" ] && [ $i -lt $((GRACE * 5)) ]; do sleep 0.2; i=$((i + 1)); done
	s=$(left | tr '\n' ' ')
	[ -n "$s" ] && kill -KILL $s 2>/dev/null
	return 0
}
# Last of all, and again until there is room for it, as long as there is a folder for it.
finish() {
	r=exit
	[ "$1" = null ] && r=runner_lost
	[ -s stop_reason ] && r=$(cat stop_reason)
	event exited ",\"code\":$1"
	i=0
	until put exit.json "{\"code\":$1,\"reason\":\"$r\",\"endedAt\":$(date +%s),\"logBytes\":$(stat -c %s out.log)}"; do
		i=$((i + 1))
		[ $i -lt 3600 ] && [ -d "$R" ] || exit 112
		sleep 1
	done
}

case "$2" in
left)
	left
	exit
	;;
sweep)
	[ -e exit.json ] && exit
	J=$(sed 's/.*"jobPid":\([0-9]*\).*/\1/' runner.json)
	JS=$(sed 's/.*"jobStart":\([0-9]*\).*/\1/' runner.json)
	[ -e stop ] && put stop_reason stop
	if alive "$J" "$JS"; then
		kill -TERM "-$J"
		i=0
		while alive "$J" "$JS" && [ $i -lt $((GRACE * 5)) ]; do sleep 0.2; i=$((i + 1)); done
		alive "$J" "$JS" && kill -KILL "-$J"
	fi
	end_strays
	finish null
	exit
	;;
esac

if [ -s limit ] && [ ! -e deadline ]; then
	read -r limit _ <limit
	put deadline $(($(up) + limit))
fi
: >>out.log
: >>events.jsonl
ASSAY_RUN=$R setsid sh -c '[ -f env ] && { set -a; . ./env; set +a; rm -f env; }; exec sh ./job.sh' </dev/null >>out.log 2>&1 &
J=$!
# A job that ends at once has no start time any more.
JS=$(start_of $J)
RS=$(start_of $$)
put runner.json "{\"v\":1,\"runnerPid\":$$,\"runnerStart\":$RS,\"jobPid\":$J,\"jobStart\":$JS,\"bootId\":\"$(cat /proc/sys/kernel/random/boot_id)\",\"startedAt\":$(date +%s)}"
event started
if command -v nvidia-smi >/dev/null; then
	P=
	command -v setpriv >/dev/null && P='setpriv --pdeathsig TERM'
	$P nvidia-smi --query-gpu=timestamp,index,uuid,name,utilization.gpu,memory.used,memory.total,power.draw,power.limit,temperature.gpu,clocks.sm,ecc.errors.uncorrected.volatile.total \
		--format=csv,noheader,nounits -l "${ASSAY_GPU_SECONDS:-2}" >>gpu.csv 2>/dev/null &
	G=$!
else
	G=
fi
# The watcher keeps the limits when the runner is gone.
(
	why=
	sent=0
	killed=0
	while alive $J $JS; do
		now=$(up)
		put heartbeat "$now"
		[ -z "$why" ] && [ -e stop ] && why=stop
		if [ -z "$why" ] && [ -s deadline ] && [ "$now" -ge "$(cat deadline)" ]; then
			read -r _ why <limit
			why=${why:-deadline}
		fi
		if [ -n "$why" ]; then
			if [ $sent = 0 ]; then
				sent=$now
				put stop_reason "$why"
				event stopping ",\"why\":\"$why\""
				kill -TERM -$J
			elif [ $killed = 0 ] && [ $((now - sent)) -ge "$GRACE" ]; then
				killed=1
				event killed
				kill -KILL -$J
			fi
		fi
		sleep 0.5
	done
	alive $$ $RS || { end_strays; finish null; }
) &
W=$!
wait $J
rc=$?
kill -KILL -$J 2>/dev/null
end_strays
kill $G $W 2>/dev/null
wait $G $W 2>/dev/null
finish $rc
