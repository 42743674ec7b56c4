"""Persian names with a Latin spelling: who the demo club's members and cashiers are called. Nobody real is meant."""

from __future__ import annotations

from typing import Final, NamedTuple


class Name(NamedTuple):
    """A name as it is written, and as an external id spells it."""

    fa: str
    latin: str


def _names(text: str) -> tuple[Name, ...]:
    words = text.split()
    return tuple(Name(fa.replace("_", "\u200c"), latin) for fa, latin in zip(words[::2], words[1::2], strict=True))


WOMEN: Final = _names("""
سارا sara مریم maryam زهرا zahra فاطمه fatemeh نرگس narges الهام elham مینا mina نازنین nazanin پریسا parisa
شیرین shirin لیلا leila سمیرا samira مهسا mahsa نگار negar الناز elnaz فرزانه farzaneh ندا neda سحر sahar
یاسمن yasaman آیدا aida ترانه taraneh بهاره bahareh نسترن nastaran گلناز golnaz رویا roya مژگان mozhgan
شهرزاد shahrzad پروانه parvaneh فرناز farnaz کیمیا kimia هانیه hanieh محدثه mohaddeseh ریحانه reyhaneh
معصومه masoumeh اعظم azam طاهره tahereh منیژه manijeh سودابه soudabeh ژاله zhaleh مهناز mahnaz شهلا shahla
نیلوفر niloufar صبا saba درسا dorsa باران baran ساناز sanaz غزل ghazal آناهیتا anahita ملیکا melika هستی hasti
""")

MEN: Final = _names("""
علی ali محمد mohammad رضا reza حسین hossein مهدی mehdi امیر amir سعید saeid حمید hamid مجید majid بهرام bahram
کامران kamran آرش arash سینا sina پویا pouya نیما nima کیان kian فرهاد farhad بابک babak سیاوش siavash
بهزاد behzad شهرام shahram خسرو khosro جواد javad مصطفی mostafa ابوالفضل abolfazl عباس abbas یوسف yousef
ابراهیم ebrahim احسان ehsan میلاد milad مسعود masoud وحید vahid هادی hadi روزبه rouzbeh شایان shayan
پارسا parsa امین amin ایمان iman پیمان peyman فرزاد farzad داریوش dariush منوچهر manouchehr پرویز parviz
ناصر naser کاوه kaveh سهراب sohrab اشکان ashkan مانی mani بردیا bardia هومن houman
""")

FAMILIES: Final = _names("""
محمدی mohammadi احمدی ahmadi حسینی hosseini رضایی rezaei کریمی karimi موسوی mousavi جعفری jafari قاسمی ghasemi
صادقی sadeghi رحیمی rahimi ابراهیمی ebrahimi هاشمی hashemi عباسی abbasi اکبری akbari مرادی moradi یوسفی yousefi
نوری nouri شریفی sharifi امینی amini کاظمی kazemi زارعی zarei باقری bagheri فرهادی farhadi سلیمانی soleimani
طاهری taheri مظفری mozaffari نجفی najafi عزیزی azizi بهرامی bahrami خسروی khosravi پورمحمد pourmohammad
شیرازی shirazi اصفهانی esfahani تبریزی tabrizi یزدی yazdi کرمانی kermani گیلانی gilani مازندرانی mazandarani
خراسانی khorasani تهرانی tehrani کاشانی kashani همدانی hamedani رستمی rostami فرخی farrokhi مهرابی mehrabi
بختیاری bakhtiari افشار afshar قشقایی ghashghaei زندی zandi صفوی safavi نیک_نام niknam خوش_رو khoshrou
پاک_دل pakdel راد rad آریا aria فروتن foroutan دانش danesh هنرمند honarmand بهشتی beheshti وثوق vosough
ملکی maleki صبوری sabouri شکوهی shokouhi مقدم moghaddam نیکو nikou بیات bayat توکلی tavakoli گودرزی goudarzi
کیانی kiani جوادی javadi فتحی fathi منصوری mansouri داودی davoudi سعیدی saeidi حیدری heidari علوی alavi
""")

CASHIERS: Final = (
    "فریبا نوروزی",
    "کورش امیدی",
    "مرجان سپهری",
    "حامد رفیعی",
    "زیبا کمالی",
    "ساسان پیروز",
    "مهتاب شریف",
    "نوید بهار",
    "شبنم آذری",
    "بیژن سروش",
    "فرانک نادری",
    "مازیار اسدی",
)
