#!/usr/bin/env bash
# A Debian machine of its own, inside namespaces that unshare made: machine.sh ROOT SCRATCH PACKAGES ASTERISK
# ROOT is a clean root and is not changed. First there is no service manager, as in a root that was just unpacked; once
# /boot exists in the machine's /run, systemd takes over. The network is a loopback.
set -euo pipefail
lower=$1 scratch=$2 packages=$3 asterisk=$4

mount -t tmpfs -o size=4g tmpfs "$scratch"
mkdir "$scratch"/{upper,work,root}
root=$scratch/root
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$scratch/upper,workdir=$scratch/work" "$root"
mount -t proc proc "$root/proc"
mount -t sysfs sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
mount -t tmpfs -o mode=755 tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for device in null zero full random urandom tty; do
  : >"$root/dev/$device"
  mount --bind "/dev/$device" "$root/dev/$device"
done
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 devpts "$root/dev/pts"
mount -t tmpfs tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"
for n in 0:stdin 1:stdout 2:stderr; do ln -s "/proc/self/fd/${n%%:*}" "$root/dev/${n##*:}"; done
ip link set lo up
hostname pbx
echo pbx >"$root/etc/hostname"
echo '127.0.0.1 localhost pbx' >"$root/etc/hosts"
mkdir -p "$root/packages" "$root/var/cache/ringbook/asterisk" "$root/etc/dpkg/dpkg.cfg.d"
mount --bind -o ro "$packages" "$root/packages"
mount --bind -o ro "$asterisk" "$root/var/cache/ringbook/asterisk"
echo force-unsafe-io >"$root/etc/dpkg/dpkg.cfg.d/test" # the disk of a test need not survive a power cut
cd "$root"
mkdir .old
pivot_root . .old
umount -l /.old
rmdir /.old
cd /
echo up
exec env -i container=other PATH=/usr/sbin:/usr/bin:/sbin:/bin bash -c 'until [ -e /run/boot ]; do sleep 0.1; done; exec /lib/systemd/systemd >/run/boot.log 2>&1'
