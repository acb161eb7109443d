using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Fields;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Objects;

/// <summary>
/// Exceptions: message, inner exception, data, source, help link, result code and stack trace (as text), and the fields of the derived classes.
/// What a failure carries along must not keep it from being reported: parts that cannot travel are replaced by their text.
/// </summary>
internal sealed class ExceptionCodec : ShellCodec
{
    private readonly FieldCodec[] _fields;
    private readonly bool[] _optional;
    private readonly Codec<object?> _objects;
    private readonly Codec<Exception?> _inner;

    public ExceptionCodec(ValueSerializer serializer, Type type)
        : base(type)
    {
        List<FieldInfo> fields = FieldLayout.FieldsOf(type, stop: typeof(Exception));
        Layout = FieldLayout.Hash(fields);
        _fields = FieldLayout.CodecsFor(serializer, type, fields);
        _optional = [.. fields.Select(f => !f.FieldType.IsValueType && f.FieldType != typeof(string))];
        _objects = serializer.CodecOf<object?>();
        _inner = serializer.CodecOf<Exception?>();
    }

    public override uint Layout { get; }

    public override void WriteContent(WriteContext w, object value)
    {
        var exception = (Exception)value;
        w.WriteString(MessageField(exception));
        w.WriteString(exception.StackTrace?.TrimEnd());
        w.WriteString(exception.Source);
        w.WriteString(HelpField(exception));
        w.WriteBits(exception.HResult);
        _inner.Write(w, exception.InnerException);
        WriteData(w, exception);
        ref byte origin = ref RawObject.DataOf(value);
        for (int i = 0; i < _fields.Length; i++)
        {
            WriteMark mark = w.Mark();
            w.WriteByte(1);
            w.WholeDepth++;
            try
            {
                _fields[i].Write(w, ref origin);
                w.WholeDepth--;
            }
            catch (UnsupportedValueException) when (_optional[i])
            {
                w.Undo(mark);
                w.WriteByte(0);
            }
        }
    }

    public override object ReadShell(ReadContext r)
    {
        object value = RuntimeHelpers.GetUninitializedObject(Type);
        InitializeBase((Exception)value);
        return value;
    }

    public override void ReadContent(ReadContext r, object value)
    {
        var exception = (Exception)value;
        MessageField(exception) = r.ReadString();
        string? stack = r.ReadString();
        RemoteStackField(exception) = string.IsNullOrEmpty(stack) ? null : stack + Environment.NewLine;
        SourceField(exception) = r.ReadString();
        HelpField(exception) = r.ReadString();
        ResultField(exception) = r.ReadBits<int>();
        InnerField(exception) = _inner.Read(r);
        for (int left = r.ReadElementCount(); left > 0; left--)
        {
            object key = _objects.Read(r) ?? throw new CorruptValueException("a null key");
            exception.Data[key] = _objects.Read(r);
        }

        ref byte origin = ref RawObject.DataOf(value);
        foreach (FieldCodec field in _fields)
        {
            if (r.ReadBool())
            {
                field.Read(r, ref origin);
            }
        }
    }

    private void WriteData(WriteContext w, Exception exception)
    {
        if (DataField(exception) is not { Count: > 0 } data)
        {
            w.WriteCount(0);
            return;
        }

        w.WriteCount(data.Count);
        foreach (DictionaryEntry entry in data)
        {
            WriteOrText(w, entry.Key);
            WriteOrText(w, entry.Value);
        }
    }

    private void WriteOrText(WriteContext w, object? value)
    {
        WriteMark mark = w.Mark();
        w.WholeDepth++;
        try
        {
            _objects.Write(w, value);
            w.WholeDepth--;
        }
        catch (UnsupportedValueException)
        {
            w.Undo(mark);
            _objects.Write(w, value?.ToString());
        }
    }

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = ".ctor")]
    private static extern void InitializeBase(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_message")]
    private static extern ref string? MessageField(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_remoteStackTraceString")]
    private static extern ref string? RemoteStackField(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_source")]
    private static extern ref string? SourceField(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_helpURL")]
    private static extern ref string? HelpField(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_HResult")]
    private static extern ref int ResultField(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_innerException")]
    private static extern ref Exception? InnerField(Exception exception);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_data")]
    private static extern ref IDictionary? DataField(Exception exception);
}
