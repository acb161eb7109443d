using System.Diagnostics;
using Quickstart;

namespace RayOrleans.Samples.Tests.Quickstart;

/// <summary>The whole tour as a user starts it: it checks its own answers, the steps of the paper's figure 7 over two processes among them.</summary>
public sealed class ProgramTests
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(4);

    [Fact]
    public async Task Tour_StartedAsAProcess_GivesOnlyRightAnswers()
    {
        ProcessStartInfo start = new("dotnet", ["exec", typeof(Tour).Assembly.Location]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment.Remove("RAYORLEANS_ADDRESS");
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using CancellationTokenSource limit = new(Limit);
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"The tour did not end within {Limit.TotalMinutes} minutes:\n{await output}\n{await errors}");
        }

        Assert.True(process.ExitCode == 0, $"{await output}\n{await errors}");
        Assert.Contains("the global scheduler, which read the object table, chooses N2", await output, StringComparison.Ordinal);
    }
}
