import ArgumentParser
import Planning
import Stochastics

/// A distribution on the command line: a mean (exponential), or a name and its parameters.
struct DistributionArgument: ExpressibleByArgument {
  var distribution: Distribution

  init?(argument: String) {
    guard let law = Distribution(text: argument) else { return nil }
    distribution = law
  }
}
