using System.Globalization;

namespace CartPole.Options;

/// <summary>Reads the command line.</summary>
public static class OptionParser
{
    /// <summary>What can be asked for.</summary>
    public const string Usage =
        """
        Trains a policy for CartPole-v1 with evolution strategies.

          --seeds 1,2,3     one training per seed, one after the other (default 1,2,3)
          --iterations N    updates per training (default 60)
          --simulators N    simulators, as actors (default: two per processor)
          --tasks           rollouts as plain tasks instead of calls of simulators
          --nodes N         embedded nodes to start (default 1)
          --out FILE        the picture of the learning curves, a PNG (default artifacts/cartpole.png)
          --help            this text
        """;

    /// <summary>Reads the options.</summary>
    /// <exception cref="FormatException">Something cannot be meant; the message says what and what can.</exception>
    public static TrainingOptions Parse(IReadOnlyList<string> arguments)
    {
        TrainingOptions options = new();
        for (int i = 0; i < arguments.Count; i++)
        {
            string name = arguments[i];
            options = name switch
            {
                "--seeds" => options with { Seeds = Seeds(Value()) },
                "--iterations" => options with { Iterations = Number(name, Value(), 1, 100_000) },
                "--simulators" => options with { Simulators = Number(name, Value(), 1, 10_000) },
                "--nodes" => options with { Nodes = Number(name, Value(), 1, 64) },
                "--tasks" => options with { UseTasks = true },
                "--out" => options with { PicturePath = Picture(Value()) },
                "--help" or "-h" => options with { Help = true },
                _ => throw new FormatException($"Unknown option '{name}'. --help lists the options."),
            };

            string Value() => i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)
                ? arguments[++i]
                : throw new FormatException($"{name} needs a value after it.");
        }

        return options;
    }

    private static IReadOnlyList<int> Seeds(string text)
    {
        int[] seeds = [.. text.Split(',', StringSplitOptions.TrimEntries).Select(part => Number("--seeds", part, 0, int.MaxValue))];
        return seeds.Distinct().Count() == seeds.Length
            ? seeds
            : throw new FormatException($"--seeds is '{text}'; every seed may be there once.");
    }

    private static int Number(string name, string text, int from, int to) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) && number >= from && number <= to
            ? number
            : throw new FormatException(string.Create(
                CultureInfo.InvariantCulture, $"{name} has '{text}'; it must be a whole number from {from} to {to}."));

    private static string Picture(string path) =>
        Path.GetExtension(path).Equals(".png", StringComparison.OrdinalIgnoreCase)
            ? path
            : throw new FormatException($"--out is '{path}'; it must end in .png.");
}
