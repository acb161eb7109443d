using System.Text.RegularExpressions;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A process of the shipped executable, started by its command line.</summary>
internal sealed partial class RealSilo : ChildProcess
{
    private RealSilo(string[] arguments, IReadOnlyDictionary<string, string> environment)
        : base("The silo", "RayOrleans.Silo.dll", arguments, environment)
    {
    }

    public string NodeId { get; private set; } = "";

    /// <summary>Its ray:// address.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The port of its address, by which programs attach to it and connect to it.</summary>
    public string Port => Address[(Address.LastIndexOf(':') + 1)..];

    public string UpLine { get; private set; } = "";

    public static Task<RealSilo> StartAsync(params string[] arguments) => StartAsync(new Dictionary<string, string>(), arguments);

    /// <summary>Starts one that has these variables besides those of the tests.</summary>
    public static async Task<RealSilo> StartAsync(IReadOnlyDictionary<string, string> environment, params string[] arguments)
    {
        RealSilo silo = new(["start", "--object-store-memory", "67108864", .. arguments], environment);
        try
        {
            silo.UpLine = await silo.LineAsync(l => UpPattern().IsMatch(l), "the line that says it is up");
            Match match = UpPattern().Match(silo.UpLine);
            silo.NodeId = match.Groups[1].Value;
            silo.Address = match.Groups[2].Value;
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
    }

    /// <summary>One call of the command line that is not expected to come up.</summary>
    public static RealSilo Run(params string[] arguments) => new(arguments, new Dictionary<string, string>());

    [GeneratedRegex("^Node ([0-9a-f]{32}) is up at (ray://[^ ]+)")]
    private static partial Regex UpPattern();
}
