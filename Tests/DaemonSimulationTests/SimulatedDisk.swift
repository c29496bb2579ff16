import CSimulatedDisk

/// A disk in memory that loses what was not synced when the power goes.
final class SimulatedDisk {
  private let disk: OpaquePointer

  init(seed: UInt64) { disk = simulated_disk_create(seed) }
  deinit { simulated_disk_destroy(disk) }

  /// Under which SQLite finds it.
  var name: String { String(cString: simulated_disk_name(disk)) }
  var isOff: Bool { simulated_disk_is_off(disk) != 0 }
  /// Writes, truncations, syncs, opens and deletions since the faults were last set.
  var operations: Int64 { simulated_disk_operations(disk) }

  /// What goes wrong from now on.
  struct Faults {
    /// The operation that fails.
    var failAt: Int64 = 0
    /// The operation before which the power goes.
    var cutAt: Int64 = 0
    /// Bytes it holds.
    var capacity: Int64 = 0
    /// A sync does nothing.
    var lies = false
    /// Lost sectors may be garbage.
    var garbles = true
  }

  var faults = Faults() {
    didSet {
      simulated_disk_set_faults(
        disk,
        simulated_faults(
          fail_at: faults.failAt, cut_at: faults.cutAt, capacity: faults.capacity,
          lies: faults.lies ? 1 : 0, garbles: faults.garbles ? 1 : 0))
    }
  }

  func cutPower() { simulated_disk_cut_power(disk) }
  func powerOn() { simulated_disk_power_on(disk) }
  /// Open files are dead from now on, as after a kill.
  func kill() { simulated_disk_kill(disk) }
}
