using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Collections;

namespace RayOrleans.Serialization.Framework;

/// <summary>Chooses the codec of a framework class whose fields are not what it means.</summary>
internal static class FrameworkCodecs
{
    private const int MaxStringBuilder = 1 << 28;

    /// <summary>The codec; null where the fields will do.</summary>
    public static BodyCodec? Find(ValueSerializer s, Type type)
    {
        if (type == typeof(object))
        {
            return new EmptyObjectCodec<object>();
        }

        if (type == typeof(Lock))
        {
            return new EmptyObjectCodec<Lock>();
        }

        if (typeof(Type).IsAssignableFrom(type))
        {
            return new TypeCodec();
        }

        if (typeof(MemberInfo).IsAssignableFrom(type))
        {
            return OfMember(s, type);
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Lazy<>))
        {
            return (BodyCodec)Activator.CreateInstance(typeof(LazyCodec<>).MakeGenericType(type.GetGenericArguments()), s)!;
        }

        return OfText(s, type) ?? OfComparer(s, type) ?? OfContainer(s, type);
    }

    private static BodyCodec? OfMember(ValueSerializer s, Type type)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic;
        if (typeof(MethodInfo).IsAssignableFrom(type))
        {
            return new MethodCodec(typeof(MethodInfo));
        }

        if (typeof(ConstructorInfo).IsAssignableFrom(type))
        {
            return new MethodCodec(typeof(ConstructorInfo));
        }

        if (typeof(FieldInfo).IsAssignableFrom(type))
        {
            return new ConvertedCodec<FieldInfo, (Type? Owner, string? Name)>(
                s, typeof(FieldInfo), f => (f.DeclaringType, f.Name), f => f.Owner!.GetField(f.Name!, Any)!);
        }

        return typeof(PropertyInfo).IsAssignableFrom(type)
            ? new ConvertedCodec<PropertyInfo, (Type? Owner, string? Name)>(
                s, typeof(PropertyInfo), p => (p.DeclaringType, p.Name), p => p.Owner!.GetProperty(p.Name!, Any)!)
            : null;
    }

    private static BodyCodec? OfText(ValueSerializer s, Type type)
    {
        if (type == typeof(Uri))
        {
            return new ConvertedCodec<Uri, string>(s, type, u => u.OriginalString, t => new Uri(t, UriKind.RelativeOrAbsolute));
        }

        if (typeof(CultureInfo).IsAssignableFrom(type))
        {
            return new ConvertedCodec<CultureInfo, string>(s, typeof(CultureInfo), c => c.Name, CultureInfo.GetCultureInfo);
        }

        if (type == typeof(CompareInfo))
        {
            return new ConvertedCodec<CompareInfo, string>(s, type, c => c.Name, CompareInfo.GetCompareInfo);
        }

        if (type == typeof(TextInfo))
        {
            return new ConvertedCodec<TextInfo, string>(s, type, c => c.CultureName, n => CultureInfo.GetCultureInfo(n).TextInfo);
        }

        if (type == typeof(TimeZoneInfo))
        {
            return new ConvertedCodec<TimeZoneInfo, string>(s, type, z => z.ToSerializedString(), TimeZoneInfo.FromSerializedString);
        }

        if (typeof(Regex).IsAssignableFrom(type))
        {
            return new ConvertedCodec<Regex, (string Pattern, RegexOptions Options, TimeSpan Timeout)>(
                s,
                typeof(Regex),
                x => (x.ToString(), x.Options, x.MatchTimeout),
                x => new Regex(x.Pattern, x.Options, x.Timeout));
        }

        if (typeof(Encoding).IsAssignableFrom(type) && type.Assembly == typeof(Encoding).Assembly)
        {
            return new ConvertedCodec<Encoding, (int CodePage, int Preamble)>(
                s,
                typeof(Encoding),
                e => (e.CodePage, e.Preamble.Length),
                e => e is { CodePage: 65001, Preamble: 0 } ? new UTF8Encoding(false) : Encoding.GetEncoding(e.CodePage));
        }

        return type == typeof(StringBuilder)
            ? new ConvertedCodec<StringBuilder, (string Text, int Capacity)>(
                s, type, b => (b.ToString(), b.Capacity), b => new StringBuilder(b.Text, Math.Clamp(b.Capacity, b.Text.Length, Math.Max(b.Text.Length, MaxCapacity(b.Text)))))
            : null;
    }

    private static BodyCodec? OfComparer(ValueSerializer s, Type type)
    {
        if (type == typeof(ReferenceEqualityComparer))
        {
            return new ConvertedCodec<object, byte>(s, type, ComparerForm.NumberOf, ComparerForm.Singleton);
        }

        if (type.BaseType is { IsGenericType: true } parent && type.Assembly == typeof(object).Assembly
            && (parent.GetGenericTypeDefinition() == typeof(EqualityComparer<>) || parent.GetGenericTypeDefinition() == typeof(Comparer<>))
            && parent.GetProperty(nameof(EqualityComparer<>.Default))!.GetValue(null) is { } usual && usual.GetType() == type)
        {
            return new SingletonCodec(type, usual);
        }

        // The process-wide ones are recognised by identity; their classes are the framework's own.
        return typeof(StringComparer).IsAssignableFrom(type) && type.Assembly == typeof(StringComparer).Assembly && IsSingleton(type)
            ? new ConvertedCodec<StringComparer, byte>(s, typeof(StringComparer), ComparerForm.NumberOf, n => (StringComparer)ComparerForm.Singleton(n))
            : null;
    }

    private static BodyCodec? OfContainer(ValueSerializer s, Type type)
    {
        if (type == typeof(MemoryStream))
        {
            return new ConvertedCodec<MemoryStream, (byte[] Bytes, long Position)>(
                s, type, m => (m.ToArray(), m.Position), m => Restore(m.Bytes, m.Position));
        }

        return type == typeof(BitArray)
            ? new ConvertedCodec<BitArray, bool[]>(s, type, b => [.. b.Cast<bool>()], b => new BitArray(b))
            : null;
    }

    private static bool IsSingleton(Type type) =>
        type == StringComparer.Ordinal.GetType() || type == StringComparer.OrdinalIgnoreCase.GetType();

    private static int MaxCapacity(string text) => Math.Min(MaxStringBuilder, Math.Max(16, text.Length * 2));

    private static MemoryStream Restore(byte[] bytes, long position)
    {
        var stream = new MemoryStream(bytes.Length);
        stream.Write(bytes);
        stream.Position = position;
        return stream;
    }
}
