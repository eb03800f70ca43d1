#!/bin/sh
# Hands one attempt of a run to Slurm and tells how it stands there. Absolute paths only; the nodes share its folder.
#   slurm.sh FOLDER submit OPTION...   once, however often it is asked; options are sbatch's
#   slurm.sh FOLDER batch              what Slurm runs; a job that Slurm began anew goes on in an attempt of its own
#   slurm.sh FOLDER told               what Slurm knows of the job, in one line
#   slurm.sh FOLDER ask SIGNAL         lets the runner know
#   slurm.sh FOLDER node               address of the node that it runs on
#   slurm.sh FOLDER cancel             ends the job
# With a file `array` the job is an array: a folder of an attempt a line, this one first.
R=$1
cd "$R" || exit 111
put() { printf '%s\n' "$2" >"$1.tmp.$$" && mv "$1.tmp.$$" "$1"; }
start_of() { sed 's/.*) //' "/proc/$1/stat" 2>/dev/null | cut -d' ' -f20; }
# Nodes may see a file late; the job itself never does.
job() { [ -s slurm.id ] && cat slurm.id; }

# This one's last: where it is not known, somebody was interrupted and all are written again.
keep_ids() {
	[ -s array ] || {
		put slurm.id "$1"
		return
	}
	n=0
	while read -r folder; do
		[ $n = 0 ] || put "$folder/slurm.id" "$1_$n"
		n=$((n + 1))
	done <array
	put slurm.id "$1_0"
}

submit() {
	i=0
	until mkdir submitting 2>/dev/null; do
		[ -s slurm.id ] && return
		by= pid= start=
		read -r by pid start 2>/dev/null <submitting/by
		# Whoever hands it over may be gone; only one of those who see that takes its place.
		if { [ "$by" = "$(hostname)" ] && [ "$(start_of "$pid")" != "$start" ]; } || [ -n "$(find submitting -mmin +2)" ]; then
			mkdir "gone.$by.$pid" 2>/dev/null && rm -rf submitting
		fi
		i=$((i + 1))
		[ $i -gt 700 ] && { echo "another process has been handing it over for minutes" >&2; return 1; }
		sleep 0.2
	done
	echo "$(hostname) $$ $(start_of $$)" >submitting/by
	if [ ! -s slurm.id ]; then
		name=$(cat slurm.name)
		# One that was handed over by somebody who could not write that down, or has begun already.
		id=$(squeue -h -t all -n "$name" -o %F 2>/dev/null | head -n 1)
		[ -n "$id" ] || { [ -L owner ] && id=$(readlink owner) && id=${id%_*}; }
		[ -n "$id" ] || id=$(timeout 60 sbatch --parsable --requeue --open-mode=append --job-name="$name" --output="$R/slurm-%j.out" "$@" "$R/slurm.sh" "$R" batch) || {
			rm -rf submitting
			return 1
		}
		keep_ids "${id%%;*}"
	fi
	rm -rf submitting
}

escaped() { printf %s "$1" | sed 's/[]\/$*.^&[]/\\&/g'; }

# What an attempt is made of, before its runner adds to it.
keep_parts() {
	mkdir -p parts.tmp && chmod 700 parts.tmp
	find . -maxdepth 1 -type f ! -name 'slurm.id' ! -name 'slurm-*' ! -name array ! -name '*.tmp.*' -exec cp -p {} parts.tmp/ \;
	mv parts.tmp parts
}

begin_anew() {
	base=${R%-*}
	n=$((${R##*-} + 1))
	until mkdir "$base-$n" 2>/dev/null; do n=$((n + 1)); done
	N=$base-$n
	cp -p parts/* "$N/"
	# Places in it are absolute.
	from=$(escaped "$R/") to=$(escaped "$N/")
	[ -e "$N/job.json" ] && sed "s/$from/$to/g" parts/job.json >"$N/job.json"
	cp -rl in "$N/in" 2>/dev/null || cp -r in "$N/in" 2>/dev/null
	cp -r work "$N/work" && (cd "$N/work" && rm -rf model model.tmp checkpoints checkpoint.*)
	why= deadline= beat=
	read -r _ why 2>/dev/null <limit
	read -r deadline 2>/dev/null <deadline
	read -r beat 2>/dev/null <heartbeat
	if [ -n "$deadline" ] && [ -n "$beat" ]; then
		rest=$((deadline - beat))
		put "$N/limit" "$((rest > 0 ? rest : 1)) $why"
	fi
	put "$N/slurm.id" "$1"
	ln -s "$1" "$N/owner"
	rm -f parts/env
	put next "$n"
	R=$N
	cd "$R" || exit 111
	keep_parts
}

batch() {
	me=$SLURM_JOB_ID
	if [ -n "${SLURM_ARRAY_TASK_ID:-}" ]; then
		R=$(sed -n "$((SLURM_ARRAY_TASK_ID + 1))p" array)
		cd "$R" || exit 111
		me=${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID
	fi
	# Should it have been handed over twice, the second has nothing to do.
	ln -s "$me" owner 2>/dev/null
	[ "$(readlink owner)" = "$me" ] || exit 0
	put slurm.id "$me"
	while [ -s next ]; do
		R=${R%-*}-$(cat next)
		cd "$R" || exit 111
	done
	if [ -e lock ]; then
		begin_anew "$me"
	elif [ ! -e parts ]; then
		keep_parts
	fi
	exec sh "$R/runner.sh" "$R" batch
}

seconds() { [ -n "$1" ] && date -d "$1" +%s 2>/dev/null; }

# What Slurm does not begin anew needs its secrets no longer; what it may take back it does within a minute.
forget_secrets() {
	case $1 in
	COMPLETED | FAILED | CANCELLED | TIMEOUT | DEADLINE | OUT_OF_MEMORY | REVOKED | UNKNOWN) ;;
	NODE_FAIL | PREEMPTED | BOOT_FAIL) [ -n "$2" ] && [ "$2" -lt $(($(date +%s) - 60)) ] || return ;;
	*) return ;;
	esac
	rm -f env parts/env
}

told() {
	id=$(job) || return
	said=$(timeout 8 scontrol -o show job "$id" 2>&1)
	code=$?
	if [ $code = 0 ]; then
		state= reason= start= end= number=
		for word in $said; do
			case $word in
			JobId=*) number=${word#*=} ;;
			JobState=*) state=${word#*=} ;;
			Reason=*) reason=${word#*=} ;;
			StartTime=*) start=${word#*=} ;;
			EndTime=*) end=${word#*=} ;;
			esac
		done
		# Without cgroups it calls one that took too much memory a failed one; what it printed tells.
		[ "$state" != FAILED ] || [ -e exit.json ] || ! grep -qsE 'exceeded memory limit|oom[-_]kill' "${R%-*}"-*/slurm-"$number".out ||
			state=OUT_OF_MEMORY
	else
		case $said in
		*'Invalid job id'*) ;;
		*)
			echo "$id UNREACHABLE"
			return
			;;
		esac
		said=$(timeout 8 sacct -nPX -j "$id" -o State,Start,End 2>/dev/null | tail -n 1)
		[ -n "$said" ] || said='UNKNOWN||'
		IFS='|' read -r state start end <<-END
			$said
		END
		state=${state%% *} reason=
	fi
	start=$(seconds "$start") end=$(seconds "$end")
	forget_secrets "$state" "$end"
	echo "$id $state ${reason:--} ${start:--} ${end:--}"
}

case $2 in
submit)
	shift 2
	submit "$@"
	;;
batch) batch ;;
told) told ;;
ask) scancel --batch --signal="$3" "$(job)" ;;
node)
	name=$(squeue -h -j "$(job)" -o %B)
	[ -n "$name" ] && scontrol -o show node "$name" | sed -n 's/.* NodeAddr=\([^ ]*\) .*/\1/p'
	exit 0
	;;
cancel) scancel "$(job)" ;;
esac
