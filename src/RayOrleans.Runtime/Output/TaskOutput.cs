using System.Text;

namespace RayOrleans.Runtime.Output;

/// <summary>
/// What user code in a worker process writes to: the process' own stream, with the name of the function, or of the actor's class, before each line, between two characters that text does not
/// have. The node takes the name out. Everything is written at once, so that nothing is lost with the process. To be synchronized by whoever makes it.
/// </summary>
internal sealed class TaskOutput(TextWriter inner) : TextWriter
{
    private const char Begin = '\u001e';
    private const char End = '\u001f';

    private readonly StringBuilder _text = new();
    private TaskScope? _writer;
    private bool _isInLine;

    /// <inheritdoc/>
    public override Encoding Encoding => inner.Encoding;

    /// <summary>In a worker process: what is written to the console goes through here from now on.</summary>
    public static void Install()
    {
        // Console makes what it is given safe for many threads.
        Console.SetOut(new TaskOutput(Open(Console.OpenStandardOutput())));
        Console.SetError(new TaskOutput(Open(Console.OpenStandardError())));
    }

    /// <summary>Takes the name out of a line.</summary>
    /// <param name="line">The line as it came.</param>
    /// <returns>The function; null: none is known. And what it wrote.</returns>
    public static (string? Function, string Text) Split(string line)
    {
        int end;
        return line.StartsWith(Begin) && (end = line.IndexOf(End)) > 0 ? (line[1..end], line[(end + 1)..]) : (null, line);
    }

    /// <inheritdoc/>
    public override void Write(char value) => Write([value], endLine: false);

    /// <inheritdoc/>
    public override void Write(string? value) => Write(value, endLine: false);

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer, endLine: false);

    /// <inheritdoc/>
    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count), endLine: false);

    /// <inheritdoc/>
    public override void WriteLine() => Write([], endLine: true);

    /// <inheritdoc/>
    public override void WriteLine(string? value) => Write(value, endLine: true);

    /// <inheritdoc/>
    public override void WriteLine(ReadOnlySpan<char> buffer) => Write(buffer, endLine: true);

    /// <inheritdoc/>
    public override void Flush() => inner.Flush();

    private static StreamWriter Open(Stream stream) => new(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { AutoFlush = true };

    private void Write(ReadOnlySpan<char> text, bool endLine)
    {
        TaskScope? writer = RayAmbient.Current as TaskScope;
        if (_isInLine && writer != _writer && (text.Length > 0 || endLine))
        {
            // Somebody else's line is not finished: his text does not get into this one's.
            _text.Append('\n');
            _isInLine = false;
        }

        _writer = writer;
        while (text.Length > 0)
        {
            int end = text.IndexOf('\n');
            BeginLine();
            _text.Append(end < 0 ? text : text[..(end + 1)]);
            _isInLine = end < 0;
            text = end < 0 ? [] : text[(end + 1)..];
        }

        if (endLine)
        {
            BeginLine();
            _text.Append('\n');
            _isInLine = false;
        }

        if (!_isInLine)
        {
            // What an ended task has written does not keep it.
            _writer = null;
        }

        inner.Write(_text);
        _text.Clear();
    }

    private void BeginLine()
    {
        if (!_isInLine && _writer?.Attempt.Task is { } task && (task.Actor?.ClassName ?? task.Name) is { } name)
        {
            _text.Append(Begin).Append(name.Replace('\n', ' ')).Append(End);
        }

        _isInLine = true;
    }
}
