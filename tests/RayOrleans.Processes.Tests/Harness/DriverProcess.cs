namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A run of a driver's program.</summary>
internal sealed class DriverProcess(BuiltProgram program, params string[] arguments) : ChildProcess("The program", program.Assembly, arguments)
{
    /// <summary>Waits for its end, which must be a good one, and gives what it has written.</summary>
    public async Task<string> ResultAsync()
    {
        int code = await ExitCodeAsync("the end of the program");
        return code == 0 ? Output.All.Trim() : throw new InvalidOperationException($"The program has ended with code {code}.\n{Output.All}\n{Errors.All}");
    }

    /// <summary>Writes a line to it, and waits for one that it writes.</summary>
    public async Task SayAsync(string word, string answer)
    {
        await Input.WriteLineAsync(word);
        await Input.FlushAsync();
        await LineAsync(l => l == answer, $"'{answer}'");
    }

    /// <summary>It hears no more.</summary>
    public void Leave() => Input.Close();
}
