public import Events
public import Routing
import YAMLTree

/// Who is in the queues of a journal: what a new configuration would meet.
public struct Occupancy: Sendable {
  /// The names of the last plan.
  public var directory: Directory
  /// Callers in line or ringing, by queue.
  public var callers: [QueueID: Int] = [:]
  /// The reps at work.
  public var loggedIn: Set<AgentID> = []

  /// Nobody yet, under the names of `directory`.
  public init(directory: Directory) { self.directory = directory }
}

extension ConfigurationParser {
  /// Warns of each queue and rep of the journal that the file takes out.
  mutating func adviseOnVanishing(_ reading: PlanReading) {
    guard let occupancy else { return }
    for (index, queue) in directory.queues.enumerated()
    where queue.isRetired && !previous.queues[index].isRetired {
      let callers = occupancy.callers[QueueID(index)] ?? 0
      let line = callers == 0 ? "" : "; callers in line there, who would be sent away: \(callers)"
      warn(
        reading.top["queues"]?.key ?? reading.root,
        "queue \"\(queue.name)\" of the journal is not in this file and would vanish\(line); renamed? say \"was: \(queue.name)\" in the queue that it is now"
      )
    }
    for (index, agent) in directory.agents.enumerated()
    where agent.isRetired && !previous.agents[index].isRetired {
      let state = occupancy.loggedIn.contains(AgentID(index)) ? ", being logged in" : ""
      warn(
        reading.top["agents"]?.key ?? reading.root,
        "rep \"\(agent.name)\" of the journal is not in this file and would vanish\(state); renamed? say \"was: \(agent.name)\" in the rep that it is now"
      )
    }
  }
}
