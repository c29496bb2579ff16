@main struct Rotactl { static func main() {} }
