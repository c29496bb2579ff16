// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "rota-benchmarks",
  dependencies: [
    .package(name: "rota", path: "..")
  ],
  targets: [
    .executableTarget(
      name: "EngineBenchmark", dependencies: [.product(name: "Rota", package: "rota")]),
    .executableTarget(
      name: "DaemonBenchmark", dependencies: [.product(name: "Rota", package: "rota")]),
    .executableTarget(
      name: "SimulationBenchmark", dependencies: [.product(name: "Rota", package: "rota")]),
    .executableTarget(
      name: "RecoveryBenchmark", dependencies: [.product(name: "Rota", package: "rota")]),
  ]
)
