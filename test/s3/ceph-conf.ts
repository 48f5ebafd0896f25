/**
 * The configuration of a Ceph cluster for tests: small, in memory, without authentication inside.
 *
 * @module
 */

/** What differs between clusters. */
export interface Layout {
  readonly directory: string;
  readonly id: string;
  /** The port of the monitor. */
  readonly monitor: number;
  readonly osds: number;
  /** The ports of the gateways. */
  readonly ports: readonly number[];
}

/** The text of `ceph.conf`. */
export function configuration({ directory, id, monitor, osds, ports }: Layout): string {
  const gateways = ports.map(
    // Without it every small answer waits 40 ms for an acknowledgement.
    (port, i) => `[client.rgw.g${i}]
rgw_frontends = beast endpoint=127.0.0.1:${port} tcp_nodelay=1
`,
  );
  return `[global]
fsid = ${id}
mon_host = v2:127.0.0.1:${monitor}
public_addr = 127.0.0.1
cluster_addr = 127.0.0.1
public_network = 127.0.0.0/8
cluster_network = 127.0.0.0/8
ms_bind_ipv6 = false
auth_cluster_required = none
auth_service_required = none
auth_client_required = none
run_dir = ${directory}/run
admin_socket = ${directory}/run/$name.asok
pid_file = ${directory}/run/$name.pid
log_file = ${directory}/log/$name.log
crash_dir = ${directory}/log
osd_pool_default_size = ${osds}
osd_pool_default_min_size = ${osds > 2 ? 2 : 1}
osd_pool_default_pg_num = 8
osd_pool_default_pgp_num = 8
osd_pool_default_pg_autoscale_mode = off
osd_crush_chooseleaf_type = 0
mon_allow_pool_size_one = true
mon_warn_on_pool_no_redundancy = false
mon_max_pg_per_osd = 2000
mon_data_avail_crit = 1
mon_data_avail_warn = 2

[mon]
mon_data = ${directory}/mon
mon_cluster_log_file = ${directory}/log/cluster.log
paxos_propose_interval = 0.05
paxos_min_wait = 0.01
mon_tick_interval = 1

[osd]
osd_data = ${directory}/osd$id
osd_objectstore = ${osds > 1 ? "bluestore" : "memstore"}
osd_crush_update_on_start = false
osd_memory_target = 1073741824
memstore_device_bytes = 8589934592
bluestore_block_create = true
bluestore_block_size = 10737418240
bluestore_block_db_create = false
bluestore_block_wal_create = false
bdev_enable_discard = false

[client]
rgw_data = ${directory}/rgw
# "secure", the default towards the monitor, cannot be negotiated without authentication.
ms_mon_client_mode = crc
rgw_enable_ops_log = false
rgw_enable_usage_log = false
rgw_dns_name = localhost
rgw_thread_pool_size = 64
rgw_gc_obj_min_wait = 5
rgw_gc_processor_period = 5

${gateways.join("\n")}`;
}
