using System.Text.RegularExpressions;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A process of the shipped executable, started by its command line.</summary>
internal sealed partial class RealSilo : ChildProcess
{
    private RealSilo(string[] arguments)
        : base("The silo", "RayOrleans.Silo.dll", arguments)
    {
    }

    public string NodeId { get; private set; } = "";

    /// <summary>Its ray:// address.</summary>
    public string Address { get; private set; } = "";

    public string UpLine { get; private set; } = "";

    public static async Task<RealSilo> StartAsync(params string[] arguments)
    {
        RealSilo silo = new(["start", "--object-store-memory", "67108864", .. arguments]);
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
    public static RealSilo Run(params string[] arguments) => new(arguments);

    [GeneratedRegex("^Node ([0-9a-f]{32}) is up at (ray://[^ ]+)")]
    private static partial Regex UpPattern();
}
