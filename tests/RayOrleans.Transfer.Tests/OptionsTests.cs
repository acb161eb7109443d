namespace RayOrleans.Transfer.Tests;

public sealed class OptionsTests
{
    [Fact]
    public void Validate_Defaults_AreValid()
    {
        new PullerOptions().Validate();
        new TransferServerOptions().Validate();
    }

    [Fact]
    public void Validate_OutOfRange_NamesOptionAndRange()
    {
        AssertInvalid(nameof(PullerOptions.BudgetBytes), new PullerOptions { BudgetBytes = 0 });
        AssertInvalid(nameof(PullerOptions.ConnectionsPerPull), new PullerOptions { ConnectionsPerPull = 0 });
        AssertInvalid(nameof(PullerOptions.MaxConnectionsPerPeer), new PullerOptions { MaxConnectionsPerPeer = 1000 });
        AssertInvalid(nameof(PullerOptions.StripeThresholdBytes), new PullerOptions { StripeThresholdBytes = 1 << 30 });
        AssertInvalid(nameof(PullerOptions.InlineLimitBytes), new PullerOptions { InlineLimitBytes = -1 });
        AssertInvalid(nameof(PullerOptions.SourceRounds), new PullerOptions { SourceRounds = 0 });
        AssertInvalid(nameof(PullerOptions.StallTimeout), new PullerOptions { StallTimeout = TimeSpan.Zero });
        Assert.Contains(nameof(TransferServerOptions.MaxConnections), Assert.Throws<ArgumentException>(new TransferServerOptions { MaxConnections = 0 }.Validate).Message);
    }

    private static void AssertInvalid(string option, PullerOptions options) =>
        Assert.Contains($"PullerOptions.{option} is ", Assert.Throws<ArgumentException>(options.Validate).Message);
}
