namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>Answers commands from standard input, one a line, until that ends.</summary>
internal static class CommandLoop
{
    private static readonly Lock Writing = new();

    /// <summary>One whole line, whatever else is being written.</summary>
    public static void Say(string line)
    {
        lock (Writing)
        {
            Console.WriteLine(line.ReplaceLineEndings(" "));
        }
    }

    public static async Task<int> RunAsync(Func<string[], string> run)
    {
        while (await Task.Run(Console.In.ReadLine).ConfigureAwait(false) is { } line)
        {
            string answer;
            try
            {
                answer = "ok " + run(line.Split(' '));
            }
            catch (Exception e)
            {
                answer = $"error {e.GetType().Name}: {e.Message}";
            }

            Say(answer);
        }

        return 0;
    }
}
