/*
 * Copyright 2026-present the original author or authors.
 *
 * Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *      https://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

package dev.pristine.launch;

/**
 * The shell script between this JVM and a child process. Its standard input is a pipe
 * that ends when the JVM ends, even if that was killed: the script then ends the child
 * and removes its directory.
 */
final class Supervisor {

	/**
	 * Arguments: directory, signal, whether to give up root, template or nothing, and the
	 * command. The script's exit code is the child's. The system's own programs need not
	 * be on the PATH. A signal that arrives before the child listens to it is lost, hence
	 * the second one. Where the child ends first, as it does when Ctrl-C reaches all of
	 * them, the directory is left to the JVM for its log, and goes when the JVM has
	 * ended.
	 */
	static final String SCRIPT = """
			dir=$1 signal=$2 drop=$3 template=$4
			shift 4
			PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
			trap '' INT TERM HUP
			exec 3<&0 </dev/null
			mkdir -m 700 "$dir/content" || exit
			if [ -n "$template" ]; then cp -R "$template/." "$dir/content" || exit; fi
			set -- sh -c '
				echo $$ >&4
				exec 4>&-
				cd "$1" || exit
				shift
				exec "$@"' pristine "$dir/content" "$@"
			if [ "$drop" = true ]; then
				uid=$(id -u nobody) && gid=$(id -g nobody) || exit
				chown -R "$uid:$gid" "$dir/content" && chmod 711 "$dir" || exit
				if setpriv --reuid "$uid" --regid "$gid" --clear-groups true 2>/dev/null; then
					set -- setpriv --reuid "$uid" --regid "$gid" --clear-groups "$@"
				elif chroot --userspec="$uid:$gid" --groups= / true 2>/dev/null; then
					set -- chroot --userspec="$uid:$gid" --groups= / "$@"
				else
					set -- su -s /bin/sh nobody -c 'exec "$0" "$@"' -- "$@"
				fi
			fi
			"$@" 4>"$dir/pid" 3<&- &
			child=$!
			(
				read -r end <&3
				: >"$dir/end"
				while [ ! -s "$dir/pid" ]; do sleep 1; done
				pid=$(cat "$dir/pid")
				kill -s "$signal" "$pid"
				sleep 5
				kill -s KILL "$pid"
			) >/dev/null 2>&1 &
			watcher=$!
			wait $child
			status=$?
			kill -s KILL $watcher
			if [ ! -e "$dir/end" ]; then
				( while [ -d "$dir" ] && kill -0 $PPID; do sleep 1; done; rm -rf "$dir" ) >/dev/null 2>&1 3<&- &
				exit $status
			fi
			rm -rf "$dir"
			exit $status
			""";

	private Supervisor() {
	}

}
