#!/bin/sh
# Runs one attempt of a run on its host, and outlives whoever started it. Absolute paths only: it changes folder.
#   runner.sh FOLDER         starts it once, however often it is asked, and prints runner.json
#   runner.sh FOLDER batch   runs it here and now, as the job that Slurm has begun; ends with its status
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
trap '' HUP

# The runner becomes the parent of every process whose own parent has ended, whatever else that did to hide. There is no
# word for it in shell: the number is that of prctl, 36 is PR_SET_CHILD_SUBREAPER.
adopt() {
	case $(uname -m) in
	x86_64) prctl=157 ;;
	aarch64) prctl=167 ;;
	*) prctl= ;;
	esac
	if [ -n "$prctl" ] && perl -e 1 2>/dev/null; then
		exec perl -e 'my $n = shift; exec "sh", @ARGV, syscall($n, 36, 1, 0, 0, 0) == 0 ? "true" : "false"' "$prctl" "$@"
	elif python3 -c 'import ctypes' 2>/dev/null; then
		exec python3 -c 'import ctypes, os, signal, sys
for one in signal.SIGPIPE, signal.SIGXFSZ: signal.signal(one, signal.SIG_DFL)
adopts = ctypes.CDLL(None).prctl(36, 1, 0, 0, 0) == 0
os.execvp("sh", ["sh", *sys.argv[1:], "true" if adopts else "false"])' "$@"
	else
		exec sh "$@" false
	fi
}
case "$2${3:-}" in run | batch) adopt "$0" "$R" "$2" ;; esac

told=
if [ "$2" = batch ]; then
	mkdir lock 2>/dev/null || exit 0
	# Slurm tells every process of a job that it ends it; who stops a run tells the runner alone.
	trap 'told=1; say_slurm' TERM
	trap 'told=1; : >stop' USR1
fi
say_slurm() {
	why=
	read -r why <stop_reason
	[ -n "$why" ] || over stop_reason slurm
} 2>/dev/null

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
field() { sed "s/.*\"$1\":\([0-9]*\).*/\1/" runner.json; }
# Read when it is needed: who stops it may have set another one.
grace() {
	read -r GRACE <grace
	GRACE=${GRACE:-10}
} 2>/dev/null
# What whoever stops it gave as the reason.
asked() {
	word=
	read -r word <stop
	echo "${word:-stop}"
} 2>/dev/null
# Over what was there before, so that a disk which is full by then has room for it.
over() { printf '%-255s\n' "$2" 1<>"$1"; }
# On a full disk the old file stays.
put() { printf '%s\n' "$2" >"$1.tmp.$$" && mv "$1.tmp.$$" "$1"; }
event() { printf '{"at":%s,"type":"%s"%s}\n' "$(date +%s)" "$1" "${2:-}" >>events.jsonl; }
# Processes below the runner, but for its own: the watcher, the sampler, and the shell that asks.
below() {
	[ -n "$RP" ] && alive "$RP" "$RS" || return 0
	own=" $1 $(cat own 2>/dev/null) "
	parents=$(grep -s '^PPid:' /proc/[0-9]*/status | sed 's|^/proc/\([0-9]*\)/status:PPid:[^0-9]*|\1 |')
	found=
	above=$RP
	while [ -n "$above" ]; do
		next=
		while read -r pid parent; do
			case " $above " in *" $parent "*) case $own in *" $pid "*) ;; *) next="$next $pid" ;; esac ;; esac
		done <<-END
			$parents
		END
		found="$found $next"
		above=$next
	done
	for pid in $found; do
		state=$(sed 's/.*) //' "/proc/$pid/stat" 2>/dev/null)
		case $state in '' | Z*) ;; *) echo "$pid" ;; esac
	done
}
# Processes of the job: those that carry its mark in their environment, whatever group or session they made; those that
# write to its log; those below the runner.
left() {
	read -r self _ </proc/self/stat
	log=$(printf %s "$R/out.log" | sed 's/[][*?\\]/\\&/g')
	{
		grep -lzxF "ASSAY_RUN=$R" /proc/[0-9]*/environ 2>/dev/null | sed 's/[^0-9]//g'
		find /proc/[0-9]*/fd/1 /proc/[0-9]*/fd/2 -maxdepth 0 -lname "$log" 2>/dev/null | sed 's|/proc/\([0-9]*\)/.*|\1|'
		below "$self"
	} | sort -un
}
end_strays() {
	grace
	s=$(left)
	[ -n "$s" ] || return 0
	event strays ",\"pids\":[$(echo $s | tr ' ' ',')]"
	kill -TERM $s 2>/dev/null
	i=0
	while [ -n "$(left)" ] && [ $i -lt $((GRACE * 5)) ]; do sleep 0.2; i=$((i + 1)); done
	# Again and again: one that multiplies is gone when none is left to do so.
	i=0
	while s=$(left) && [ -n "$s" ] && [ $i -lt 25 ]; do
		kill -KILL $s 2>/dev/null
		sleep 0.2
		i=$((i + 1))
	done
	[ -z "$s" ] || event left ",\"pids\":[$(echo $s | tr ' ' ',')]"
}
# Last of all; and again until there is room for it, as long as there is a folder for it.
finish() {
	r=
	read -r r 2>/dev/null <stop_reason
	[ -n "$r" ] || { [ "$1" = null ] && r=runner_lost || r=exit; }
	event exited ",\"code\":$1"
	bytes=$(stat -c %s out.log 2>/dev/null)
	free=$(df -Pk . 2>/dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9-]*% .*/\1/p')
	free=${free:+$((free * 1024))}
	x="{\"code\":$1,\"reason\":\"$r\",\"endedAt\":$(date +%s),\"logBytes\":${bytes:-0},\"freeBytes\":${free:-null}}"
	i=0
	until { over exit.room "$x" && mv exit.room exit.json; } || put exit.json "$x"; do
		i=$((i + 1))
		[ $i -lt 3600 ] && [ -d "$R" ] || exit 112
		sleep 1
	done
}
RP= RS=
[ -e runner.json ] && RP=$(field runnerPid) RS=$(field runnerStart)
case "$2" in
left)
	left
	exit
	;;
sweep)
	[ -e exit.json ] && exit
	J=$(field jobPid)
	JS=$(field jobStart)
	[ -e stop ] && over stop_reason "$(asked)"
	grace
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
for reserved in runner.room own heartbeat stop_reason exit.room; do over $reserved ''; done
ASSAY_RUN=$R setsid sh -c '[ -f env ] && { set -a; . ./env; set +a; rm -f env; }; exec sh ./job.sh' </dev/null >>out.log 2>&1 &
J=$!
# A job that ends at once has no start time any more.
JS=$(start_of $J)
RP=$$
RS=$(start_of $$)
record="{\"v\":1,\"runnerPid\":$$,\"runnerStart\":$RS,\"jobPid\":$J,\"jobStart\":$JS,\"bootId\":\"$(cat /proc/sys/kernel/random/boot_id)\",\"startedAt\":$(date +%s),\"adopts\":$3}"
{ over runner.room "$record" && mv runner.room runner.json; } || put runner.json "$record"
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
	[ "$2" = batch ] && trap '' TERM USR1
	why=
	sent=0
	killed=0
	busy=$(up)
	looked=$busy
	seen=
	while alive $J $JS; do
		now=$(up)
		over heartbeat "$now"
		[ -z "$why" ] && [ -e stop ] && why=$(asked)
		if [ -z "$why" ] && [ -s deadline ] && [ "$now" -ge "$(cat deadline)" ]; then
			read -r _ why <limit
			why=${why:-deadline}
		fi
		if [ -z "$why" ] && [ -s idle ] && [ $((now - looked)) -ge 5 ]; then
			looked=$now
			bytes=$(stat -c %s gpu.csv 2>/dev/null)
			# Whatever is not known to idle is busy: a driver that fails, or tells nothing new.
			if [ "$bytes" = "$seen" ] || tail -n 16 gpu.csv | cut -d, -f5 | grep -qvE '^ *[0-4]$'; then busy=$now; fi
			seen=$bytes
			[ $((now - busy)) -lt "$(cat idle)" ] || why=idle
		fi
		if [ -n "$why" ]; then
			if [ $sent = 0 ]; then
				sent=$now
				grace
				over stop_reason "$why"
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
over own "$W $G"
rc=127
# A signal interrupts the wait; of a job that was waited for there is nothing more to know.
while :; do
	told=
	wait $J
	s=$?
	[ $s = 127 ] && [ $rc != 127 ] || rc=$s
	[ -n "$told" ] || break
done
kill -KILL -$J 2>/dev/null
end_strays
kill -KILL $G $W 2>/dev/null
wait $G $W 2>/dev/null
finish $rc
[ "$2" = batch ] || exit 0
# Only what Slurm ended may be begun anew by it, and needs its secrets then.
read -r why <stop_reason
[ "$why" = slurm ] || rm -f parts/env
exit $rc
