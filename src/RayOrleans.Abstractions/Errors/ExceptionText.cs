namespace RayOrleans;

/// <summary>What a user's exception says of itself. Its overrides may throw, which must not hide the failure that is being reported.</summary>
internal static class ExceptionText
{
    public static string MessageOf(Exception exception) => Of(exception, static e => e.Message) ?? "";

    public static string? StackOf(Exception exception) => Of(exception, static e => e.StackTrace);

    public static string AllOf(Exception exception) => Of(exception, static e => e.ToString()) ?? "";

    private static string? Of(Exception exception, Func<Exception, string?> text)
    {
        try
        {
            return text(exception);
        }
        catch (Exception e)
        {
            return $"(its text cannot be had: {e.GetType().Name})";
        }
    }
}
