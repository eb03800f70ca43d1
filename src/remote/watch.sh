# Answers questions about one attempt of a run, a line of standard input each, until that ends: so nothing stays behind when
# the link does. A question says how much of a file may come at once, and names files with how much of each is known:
# `4194304 out.log:120 gpu.csv:0`. What comes begins with the last bytes of what is known, OVERLAP of them at most.
# Of a job of Slurm, processes and times of this machine tell nothing: Slurm is asked, every third second.
R=$1
OVERLAP=$2
cd "$R" 2>/dev/null || { echo gone; echo data; exit 3; }
alive() {
	[ "$1" -gt 0 ] 2>/dev/null || return 1
	read -r s 2>/dev/null <"/proc/$1/stat" || return 1
	wanted=$2
	set -- ${s##*) }
	[ "${20}" = "$wanted" ] && [ "$1" != Z ]
}
field() { sed "s/.*\"$1\":\([0-9]*\).*/\1/" runner.json; }
RP= told= signs= told_at=0 free= free_at=-10
while read -r most asked; do
	if [ -z "$RP" ] && [ -e runner.json ]; then
		RS=$(field runnerStart) JP=$(field jobPid) JS=$(field jobStart) RP=$(field runnerPid)
		printf 'record %s\n' "$(cat runner.json)"
	fi
	[ -e lock ] && echo lock
	if [ -e slurm.sh ]; then
		IFS=. read -r up _ </proc/uptime
		seen="$(cat next 2>/dev/null)$([ -e exit.json ] && echo e)"
		if [ "$seen" != "$signs" ] || [ -z "$told" ] || [ $((up - told_at)) -ge 3 ]; then
			told_at=$up signs=$seen told=$(sh slurm.sh "$R" told </dev/null)
		fi
		[ -s next ] && echo "next $(cat next)"
		echo "slurm $told"
	else
		alive "$RP" "$RS" && echo runner
		alive "$JP" "$JS" && echo job
	fi
	# After who is alive, or one that ends just now seems lost; before sizes, since what is there once it has ended is all.
	[ -e exit.json ] && printf 'exit %s\n' "$(cat exit.json)"
	read -r boot </proc/sys/kernel/random/boot_id
	IFS=. read -r up _ </proc/uptime
	beat= deadline=
	[ -e heartbeat ] && read -r beat <heartbeat
	[ -e deadline ] && read -r deadline <deadline
	# Seconds since boot are those of the node.
	[ -e slurm.sh ] && [ -n "$beat" ] && up=$((beat + $(date +%s) - $(stat -c %Y heartbeat)))
	printf 'boot %s\ntimes %s %s %s\n' "$boot" "$up" "${beat:--}" "${deadline:--}"
	if [ $((up - free_at)) -ge 10 ]; then
		free_at=$up free=$(df -Pk . 2>/dev/null | sed -n '2s/.* \([0-9][0-9]*\)  *[0-9-]*% .*/\1/p')
	fi
	echo "free ${free:--}"
	names=
	for one in $asked; do names="$names ${one%:*}"; done
	send=
	if [ -n "$names" ]; then
		stats=$(stat -c '%n %s %i' $names 2>/dev/null)
		while read -r name size inode; do
			[ -n "$name" ] || continue
			for one in $asked; do [ "${one%:*}" = "$name" ] && known=${one##*:}; done
			length=$((size - known))
			[ $length -gt "$most" ] && length=$most
			before=0
			if [ $length -gt 0 ]; then
				before=$((known < OVERLAP ? known : OVERLAP))
				send="$send $name:$((known - before + 1)):$((before + length))"
			else length=0; fi
			echo "file $name $size $inode $length $before"
		done <<-END
			$stats
		END
	fi
	echo data
	for one in $send; do
		name=${one%%:*} rest=${one#*:}
		# Exactly as many bytes as were announced, should the file be cut meanwhile.
		{ tail -c "+${rest%:*}" "$name"; cat /dev/zero; } 2>/dev/null | head -c "${rest#*:}"
	done
done
