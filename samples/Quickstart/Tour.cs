using System.Collections;
using System.Globalization;
using System.Runtime.CompilerServices;

namespace Quickstart;

/// <summary>
/// Walks through a program: before each result it shows the program's own lines since the last one, and it notes wrong answers.
/// Not thread-safe.
/// </summary>
public sealed class Tour(string source, TextWriter output)
{
    private readonly string[] _lines = source.ReplaceLineEndings("\n").Split('\n');
    private int _steps;
    private int _shown;
    private int _wrong;

    /// <summary>A tour of this program.</summary>
    public static Tour OfThisProgram()
    {
        using Stream stream = typeof(Tour).Assembly.GetManifestResourceStream("Program.cs")!;
        using StreamReader reader = new(stream);
        return new(reader.ReadToEnd(), Console.Out);
    }

    /// <summary>Begins a step.</summary>
    public void Step(string what, [CallerLineNumber] int line = 0)
    {
        output.WriteLine();
        output.WriteLine($"{++_steps}. {what}");
        _shown = Math.Max(_shown, line);
    }

    /// <summary>Shows an answer, and says so if it is not the right one.</summary>
    public void Check<T>(T actual, T expected, [CallerArgumentExpression(nameof(actual))] string expression = "", [CallerLineNumber] int line = 0)
    {
        ShowSource(line);
        ShowResult(expression, Text(actual));
        if (!AreEqual(actual, expected))
        {
            _wrong++;
            output.WriteLine($"   WRONG in step {_steps}: expected {Text(expected)}");
        }
    }

    /// <summary>Runs something that must fail in a certain way, and shows how.</summary>
    /// <returns>The failure; null if it did not fail so.</returns>
    public async Task<TException?> Throws<TException>(
        Func<Task> action, [CallerArgumentExpression(nameof(action))] string expression = "", [CallerLineNumber] int line = 0)
        where TException : Exception
    {
        ShowSource(line);
        string code = expression.Replace("async () => ", "", StringComparison.Ordinal);
        try
        {
            await action();
        }
        catch (TException error)
        {
            ShowResult(code, $"{typeof(TException).Name}: {error.Message}");
            return error;
        }
        catch (Exception error)
        {
            ShowResult(code, $"{error.GetType().Name}: {error.Message}");
        }

        _wrong++;
        output.WriteLine($"   WRONG in step {_steps}: expected {typeof(TException).Name}");
        return null;
    }

    /// <summary>Shows something that has no right answer, such as a time or a stack.</summary>
    public void Show(string? text, [CallerLineNumber] int line = 0)
    {
        ShowSource(line);
        foreach (string part in (text ?? "(nothing)").ReplaceLineEndings("\n").Split('\n'))
        {
            output.WriteLine($"   -> {part.TrimEnd()}");
        }
    }

    /// <summary>Ends the tour.</summary>
    /// <returns>The process's exit code: 0 if every answer was right.</returns>
    public int Finish()
    {
        output.WriteLine();
        output.WriteLine(_wrong == 0 ? $"All {_steps} steps gave the right answers." : $"{_wrong} wrong, see WRONG above.");
        return _wrong == 0 ? 0 : 1;
    }

    private static bool AreEqual<T>(T actual, T expected) =>
        actual is IEnumerable items && expected is IEnumerable others
            ? items.Cast<object?>().SequenceEqual(others.Cast<object?>())
            : EqualityComparer<T>.Default.Equals(actual, expected);

    private static string Text<T>(T value) => value switch
    {
        string text => text,
        IEnumerable items => string.Join(", ", items.Cast<object?>().Select(Text)),
        true => "true",
        false => "false",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => $"{value}",
    };

    private void ShowResult(string expression, string result) => output.WriteLine($"     {expression}  ->  {result}");

    private void ShowSource(int line)
    {
        List<string> lines = [.. _lines.Skip(_shown).Take(Math.Max(0, line - 1 - _shown)).Where(l => l.Trim() is { Length: > 0 } and not ("{" or "}"))];
        int indent = lines.Count == 0 ? 0 : lines.Min(l => l.Length - l.TrimStart().Length);
        foreach (string text in lines)
        {
            output.WriteLine($"     {text[indent..]}");
        }

        _shown = Math.Max(_shown, line);
    }
}
